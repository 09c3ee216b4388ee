using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Threading.Channels;
using OfflineConversions.Server.Configuration;
using Polly;

namespace OfflineConversions.Server.Alerts;

/// <summary>
/// Delivers notifications to one webhook, in order, and repeats each until the webhook takes it. One slow webhook does
/// not delay another. The log names it by its place in the settings, because its address is a secret.
/// </summary>
internal sealed partial class Webhook(
    int number,
    WebhookOptions options,
    IHttpClientFactory clients,
    ResiliencePipeline<HttpResponseMessage> pipeline,
    ILogger<Webhook> logger
)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string Client = "alerts";

    private const int MostWaiting = 1000;

    private readonly Uri _url = new(options.Url!.Reveal());
    private readonly Channel<Notification> _waiting = Channel.CreateBounded<Notification>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest }
    );

    /// <summary>Queues a notification. Of more than a thousand, the oldest is dropped.</summary>
    public void Enqueue(Notification notification) => _waiting.Writer.TryWrite(notification);

    /// <summary>Delivers what is queued, until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var notification in _waiting.Reader.ReadAllAsync(stopping))
        {
            await DeliverAsync(notification, stopping);
        }
    }

    private async Task DeliverAsync(Notification notification, CancellationToken stopping)
    {
        var body = NotificationBody.Write(notification, options.Format);
        try
        {
            using var response = await pipeline.ExecuteAsync(async cancel => await PostAsync(body, cancel), stopping);
            if (!response.IsSuccessStatusCode)
            {
                Log.Refused(logger, number, notification.Alert, (int)response.StatusCode);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or Polly.Timeout.TimeoutRejectedException)
        {
            Log.Unreachable(logger, number, notification.Alert);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (options.SigningKey is { } key)
        {
            var signature = HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key.Reveal()), body);
            request.Headers.Add("X-Signature-256", $"sha256={Convert.ToHexStringLower(signature)}");
        }

        using var client = clients.CreateClient(Client);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 531,
            Level = LogLevel.Error,
            Message = "Webhook {Number} refused the notification of alert {Alert} with HTTP status {Status}"
        )]
        public static partial void Refused(ILogger logger, int number, string alert, int status);

        [LoggerMessage(
            EventId = 532,
            Level = LogLevel.Error,
            Message = "Webhook {Number} could not be reached for hours; the notification of alert {Alert} was dropped"
        )]
        public static partial void Unreachable(ILogger logger, int number, string alert);
    }
}
