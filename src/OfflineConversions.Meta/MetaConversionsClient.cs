using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Meta;

/// <summary>
/// Sends batches to Meta. Each request has a time limit and up to three quick retries; a circuit breaker spares a Meta
/// that is down. A batch that Meta refuses is halved until the bad events are alone. It keeps nothing: the caller
/// stores what waits, and sends it again. Safe for concurrent use.
/// </summary>
public sealed class MetaConversionsClient : IAsyncDisposable
{
    /// <summary>
    /// So many events refused in a row in the same way, with none accepted in between, are probably not the cause: the
    /// rest of the batch waits, with the reason <see cref="DeliveryReason.TooManyRefused"/>.
    /// </summary>
    public const int MostRefusedInARow = 20;

    private const string Circuit = "meta";

    private readonly GraphClient _graph;
    private readonly GraphPipelines _pipelines;
    private readonly GraphCredentials _credentials;

    internal MetaConversionsClient(GraphClient graph, GraphPipelines pipelines, GraphCredentials credentials) =>
        (_graph, _pipelines, _credentials) = (graph, pipelines, credentials);

    /// <summary>Sends a batch, in as many requests as it takes. Whatever Meta responds is part of the report.</summary>
    /// <param name="batch">The events, from <see cref="ConversionBatch.Split"/>.</param>
    /// <param name="cancellationToken">Ends the call. Sending the whole batch again is harmless then.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled; Meta may have accepted events.</exception>
    public async Task<SendReport> SendAsync(ConversionBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var events = batch.Deliveries.Select(delivery => delivery.Payload).ToArray();
        var progress = new SendProgress(batch.Deliveries);
        while (progress.Next() is { } range)
        {
            var request = new GraphRequest(
                Circuit,
                batch.Api,
                batch.DatasetId,
                new ArraySegment<ReadOnlyMemory<byte>>(events, range.Start, range.Count),
                batch.UploadTag,
                _credentials
            );
            var response = await _graph.SendAsync(request, cancellationToken).ConfigureAwait(false);
            progress.Note(range, response);
        }

        return progress.Report();
    }

    /// <summary>Ends what watches the circuit breaker.</summary>
    public ValueTask DisposeAsync() => _pipelines.DisposeAsync();
}
