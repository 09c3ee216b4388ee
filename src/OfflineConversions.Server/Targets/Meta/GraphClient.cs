using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// Posts events to Meta's Graph API. Every expected trouble is a value; the same request sent again is the same bytes.
/// </summary>
internal sealed class GraphClient(
    HttpClient http,
    GraphAddress address,
    GraphOptions options,
    GraphResilience resilience,
    GraphMetrics metrics,
    TimeProvider time
)
{
    /// <summary>Sends one request, with quick retries inside.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; Meta may have taken the request.</exception>
    public async Task<GraphAnswer> SendAsync(GraphRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await resilience
                .For(request.Connection)
                .ExecuteAsync(
                    static async (call, cancel) => await call.Client.AttemptAsync(call.Request, cancel),
                    (Client: this, Request: request),
                    cancellationToken
                );
        }
        catch (TimeoutRejectedException)
        {
            return GraphAnswer.None(Transport.InDoubt);
        }
        catch (BrokenCircuitException broken)
        {
            return GraphAnswer.None(Transport.CircuitOpen, broken.RetryAfter);
        }
    }

    private async Task<GraphAnswer> AttemptAsync(GraphRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // Stands unless something better is learnt: also when this attempt is cancelled by its time-out.
        var answer = GraphAnswer.None(Transport.InDoubt);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, Target(request))
            {
                Content = new BatchContent(request),
            };
            using var response = await http.SendAsync(message, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            answer = GraphAnswerReader.Read((int)response.StatusCode, response.Headers, body, time.GetUtcNow());
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException) // the last: an answer that is not packed as it says
        {
            answer = GraphAnswer.None(
                failure is HttpRequestException { HttpRequestError: var error } && WasNeverSent(error)
                    ? Transport.NeverSent
                    : Transport.InDoubt
            );
        }
        finally
        {
            metrics.Attempted(request.Connection, answer, time.GetElapsedTime(started));
        }

        return answer;
    }

    /// <summary><c>{base}/{version}/{dataset}/events</c>; the base may hold a path.</summary>
    private Uri Target(GraphRequest request)
    {
        var version = request.Api == MetaApi.OfflineEvents ? options.OfflineEventsApiVersion : options.ApiVersion;
        return new Uri(
            $"{address.Current.AbsoluteUri.TrimEnd('/')}/{version}/{Uri.EscapeDataString(request.DatasetId)}/events"
        );
    }

    private static bool WasNeverSent(HttpRequestError error) =>
        error
            is HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError;
}
