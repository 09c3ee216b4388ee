using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Renews the leases of a batch in flight whenever a third of their duration has passed, so that a long bisection or a
/// slow response does not let another caller lease the same chunks.
/// </summary>
internal sealed partial class LeaseRenewal : IAsyncDisposable
{
    private readonly Batch _batch;
    private readonly IOutbox _outbox;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private volatile bool _areLost;

    public LeaseRenewal(Batch batch, IOutbox outbox, TimeProvider time, ILogger logger)
    {
        (_batch, _outbox, _logger) = (batch, outbox, logger);
        _running = RunAsync(time);
    }

    /// <summary>Whether another caller may have leased a chunk of the batch: nothing more of it may be sent.</summary>
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
            // The batch is done.
        }
    }

    private async Task RenewAsync()
    {
        var chunks = _batch.Unsettled;
        try
        {
            var leases = await _outbox.RenewAsync(chunks, _end.Token);
            // The lease of a chunk that was settled in the meantime has ended as it should.
            _areLost |= chunks.Zip(leases).Any(it => it.Second is null && !_batch.IsSettled(it.First));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.NotRenewed(_logger, failure, _batch.Destination.Connection);
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
