using OfflineConversions.Targets.Meta;
using OfflineConversions.Targets.Meta.Responses;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OfflineConversions.Meta;

/// <summary>The base address of Graph, which may contain a path.</summary>
/// <param name="current">
/// Called for each request, because the address of the sandbox in this process is known only once the server listens.
/// </param>
internal sealed class GraphAddress(Func<Uri> current)
{
    public Uri Current => current();
}

/// <summary>
/// Posts events to Meta's Graph API. Every expected failure is a value. A repeated request has the same bytes.
/// </summary>
internal sealed class GraphClient(
    HttpClient http,
    GraphAddress address,
    IGraphHost host,
    GraphPipelines pipelines,
    TimeProvider time
)
{
    /// <summary>Sends one request, with quick retries.</summary>
    /// <exception cref="OperationCanceledException">
    /// The caller cancelled the call; Meta may have accepted the events.
    /// </exception>
    public async Task<GraphResponse> SendAsync(GraphRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await pipelines
                .Of(request.Connection)
                .ExecuteAsync(
                    static async (call, cancel) =>
                        await call.Client.AttemptAsync(call.Request, cancel).ConfigureAwait(false),
                    (Client: this, Request: request),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            return GraphResponse.None(Transport.InDoubt, Obstacle.TimedOut);
        }
        catch (BrokenCircuitException broken)
        {
            return new GraphResponse
            {
                Transport = Transport.CircuitOpen,
                Wait = broken.RetryAfter,
                Cause = pipelines.LastFailure(request.Connection),
            };
        }
    }

    /// <summary>The setting of the version in the URLs of a shape, with its value.</summary>
    public string VersionSetting(MetaApi api) => host.VersionSetting(api);

    /// <summary>Drops what is kept for a connection that has no requests in flight: its circuit breaker.</summary>
    public ValueTask ForgetAsync(string connection) => pipelines.DropAsync(connection);

    private async Task<GraphResponse> AttemptAsync(GraphRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var span = host.Begin();
        // The result if the timeout cancels this attempt.
        var result = GraphResponse.None(Transport.InDoubt, Obstacle.TimedOut);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, Target(request))
            {
                Content = new BatchContent(request),
            };
            using var response = await http.SendAsync(message, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);

            // A date to retry at is by the clock of the responder, which may differ from this machine's.
            var now = response.Headers.Date ?? time.GetUtcNow();
            result = GraphResponse.Read((int)response.StatusCode, response.Headers, body, now);
        }
        catch (HttpRequestException failure) when (RequestFailure.WasNeverSent(failure))
        {
            result = GraphResponse.None(Transport.NeverSent, RequestFailure.ObstacleOf(failure));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException)
        {
            // InvalidDataException: the response's content encoding is broken.
            result = GraphResponse.None(Transport.InDoubt, Obstacle.Broken);
        }
        finally
        {
            pipelines.Note(request.Connection, result);
            host.End(span, request, result, time.GetElapsedTime(started));
        }

        return result;
    }

    /// <summary><c>{base}/{version}/{dataset}/events</c>.</summary>
    private Uri Target(GraphRequest request) =>
        new(
            $"{address.Current.AbsoluteUri.TrimEnd('/')}/{host.VersionOf(request.Api)}/"
                + $"{Uri.EscapeDataString(request.DatasetId)}/events"
        );
}
