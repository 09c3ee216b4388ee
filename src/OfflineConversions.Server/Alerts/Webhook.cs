using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using Polly;

namespace OfflineConversions.Server.Alerts;

/// <summary>
/// Delivers notifications to one webhook, in order, and repeats each until the webhook takes it. One slow webhook does
/// not delay another. What it has not taken is in the store, so a restart continues. The log names it by its place in
/// the settings, because its address is a secret.
/// </summary>
internal sealed partial class Webhook
{
    /// <summary>The name of the HTTP client.</summary>
    public const string Client = "alerts";

    private const int MostWaiting = 1000;

    private readonly int _number;
    private readonly WebhookOptions _options;
    private readonly IHttpClientFactory _clients;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly AlertStorage _storage;
    private readonly ILogger _logger;
    private readonly Uri _url;
    private readonly Channel<WaitingNotification> _waiting;
    private TaskLease _turn = new("", Fence: 0, IsShared: false);

    /// <param name="number">Its place in the settings.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="clients">Makes the client that calls it.</param>
    /// <param name="pipeline">Repeats the calls.</param>
    /// <param name="storage">Forgets what it has taken.</param>
    /// <param name="logger">Says what it did not take.</param>
    public Webhook(
        int number,
        WebhookOptions options,
        IHttpClientFactory clients,
        ResiliencePipeline<HttpResponseMessage> pipeline,
        AlertStorage storage,
        ILogger<Webhook> logger
    )
    {
        (_number, _options, _clients, _pipeline, _storage, _logger) = (
            number,
            options,
            clients,
            pipeline,
            storage,
            logger
        );
        _url = new Uri(options.Url!.Reveal());
        _waiting = Channel.CreateBounded<WaitingNotification>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest },
            dropped => _ = storage.RemoveAsync(_turn, dropped.Id, CancellationToken.None)
        );
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Format} {options.Url.Reveal()}"));
        Name = Convert.ToHexStringLower(digest);
    }

    /// <summary>What the store calls it: a digest of its address. The same in every process.</summary>
    public string Name { get; }

    /// <summary>Begins with nothing queued: what was, is in the store.</summary>
    public void Begin(TaskLease turn)
    {
        _turn = turn;
        while (_waiting.Reader.TryRead(out _)) { }
    }

    /// <summary>Queues a notification. Of more than a thousand, the oldest is dropped.</summary>
    public void Enqueue(WaitingNotification notification) => _waiting.Writer.TryWrite(notification);

    /// <summary>Delivers what is queued, until stopped or until another replica does it.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var (id, _, notification) in _waiting.Reader.ReadAllAsync(stopping))
        {
            await DeliverAsync(notification, stopping);
            await _storage.RemoveAsync(_turn, id, stopping);
        }
    }

    private async Task DeliverAsync(Notification notification, CancellationToken stopping)
    {
        var body = NotificationBody.Write(notification, _options.Format);
        try
        {
            using var response = await _pipeline.ExecuteAsync(async cancel => await PostAsync(body, cancel), stopping);
            if (!response.IsSuccessStatusCode)
            {
                Log.Refused(_logger, _number, notification.Alert, (int)response.StatusCode);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or Polly.Timeout.TimeoutRejectedException)
        {
            Log.Unreachable(_logger, _number, notification.Alert);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (_options.SigningKey is { } key)
        {
            var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key.Reveal()), body);
            request.Headers.Add("X-Signature-256", $"sha256={Convert.ToHexStringLower(signature)}");
        }

        using var client = _clients.CreateClient(Client);
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
