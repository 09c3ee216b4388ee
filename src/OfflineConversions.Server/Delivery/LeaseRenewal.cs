using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Renews the leases of chunks in flight whenever a third of their duration has passed, so that a long bisection or a
/// slow response does not let another caller lease the same chunks.
/// </summary>
internal sealed partial class LeaseRenewal : IAsyncDisposable
{
    private readonly IReadOnlyList<LeasedChunk> _chunks;
    private readonly IOutbox _outbox;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private volatile bool _areLost;

    public LeaseRenewal(IReadOnlyList<LeasedChunk> chunks, IOutbox outbox, TimeProvider time, ILogger logger)
    {
        (_chunks, _outbox, _logger) = (chunks, outbox, logger);
        _running = RunAsync(time);
    }

    /// <summary>Whether another caller may have leased one of the chunks: nothing more of them may be sent.</summary>
    public bool AreLost => _areLost;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(_outbox.LeaseDuration / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await RenewAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The chunks are done.
        }
    }

    private async Task RenewAsync()
    {
        var chunks = _chunks.Where(chunk => !chunk.IsSettled).ToList();
        try
        {
            var leases = await _outbox.RenewAsync(chunks.ConvertAll(leased => leased.Chunk), _end.Token);
            // The lease of a chunk that was settled in the meantime has ended as it should.
            _areLost |= chunks.Zip(leases).Any(it => it.Second is null && !it.First.IsSettled);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.NotRenewed(_logger, failure, _chunks[0].Chunk.Destination.Connection);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 315,
            Level = LogLevel.Warning,
            Message = "Leases of connection {Connection} could not be renewed; it is tried again before they end"
        )]
        public static partial void NotRenewed(ILogger logger, Exception failure, string connection);
    }
}
