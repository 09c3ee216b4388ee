using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// The loop of one connection: lease, join chunks to a batch, ship, settle. Each connection has its own, and shares
/// nothing with the others, so a broken connection does not slow down another.
/// </summary>
internal sealed partial class Dispatcher(
    ConnectionQueue queue,
    Shipper shipper,
    ConnectionState state,
    DeliverySignal signal,
    DeliveryTiming timing,
    ILogger logger
) : IDisposable
{
    /// <summary>A timer has a maximum.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>So many requests are read ahead: slots often become free together. Each has about a megabyte.</summary>
    private const int MostAhead = 4;

    private readonly SemaphoreSlim _slots = new(timing.Options.MaxConcurrency);
    private readonly CancellationTokenSource _abandon = new();

    /// <summary>Runs until asked to stop, then waits for batches in flight.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stopping);
                await signal.WaitAsync(
                    queue.Connection,
                    queue.Limits.MaxEvents,
                    timing.Options.FlushInterval,
                    stopping
                );
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                Log.RoundFailed(logger, failure, queue.Connection);
                await timing.PauseAsync(0, stopping);
            }
        }

        await DrainAsync();
    }

    public void Dispose()
    {
        _slots.Dispose();
        _abandon.Dispose();
    }

    /// <summary>
    /// Ships everything that is due: full batches at once, and smaller ones if their events have waited since before
    /// the round began.
    /// </summary>
    private async Task RoundAsync(CancellationToken stopping)
    {
        signal.Reset(queue.Connection);
        var ready = new ReadyEvents(queue, timing.Now);
        try
        {
            while (ready.MayHaveMore || !ready.IsEmpty)
            {
                await WaitForSlotAsync(ready, stopping);
                await ShipNextAsync(ready, stopping);
            }
        }
        finally
        {
            await ready.ReturnAsync(_abandon.Token);
        }
    }

    /// <summary>Waits for a slot. The next requests are read while all slots are busy.</summary>
    private async Task WaitForSlotAsync(ReadyEvents ready, CancellationToken stopping)
    {
        if (await _slots.WaitAsync(TimeSpan.Zero, stopping))
        {
            return;
        }

        await ready.FillAsync(Math.Min(MostAhead, timing.Options.MaxConcurrency), isProbe: false, stopping);
        await using var leases = queue.KeepLeased(ready.Chunks);
        await _slots.WaitAsync(stopping);
        if (leases.AreLost)
        {
            await ready.ReturnAsync(_abandon.Token);
        }
    }

    /// <summary>Starts the next shipment, which holds the slot. The slot is free again if there is none.</summary>
    private async Task ShipNextAsync(ReadyEvents ready, CancellationToken stopping)
    {
        Task? shipment = null;
        try
        {
            var isProbe = await WaitForClearanceAsync(ready, stopping);
            await ready.FillAsync(requests: 1, isProbe, stopping);
            if (ready.TryTake(out var batch))
            {
                shipment = await BeginAsync(batch, isProbe, stopping);
            }

            if (isProbe && shipment is not null)
            {
                await shipment;
            }
        }
        finally
        {
            if (shipment is null)
            {
                _slots.Release();
            }
        }
    }

    /// <summary>Waits until the connection may send. Nothing is leased meanwhile.</summary>
    /// <returns>Whether it may only send a probe.</returns>
    private async Task<bool> WaitForClearanceAsync(ReadyEvents ready, CancellationToken stopping)
    {
        while (true)
        {
            var changed = state.Changed;
            var clearance = await state.AskAsync(stopping);
            if (clearance.Kind != ClearanceKind.Wait)
            {
                return clearance.Kind == ClearanceKind.Probe;
            }

            await ready.ReturnAsync(_abandon.Token);
            await WaitAsync(clearance.Until - timing.Now, changed, stopping);
        }
    }

    private async Task WaitAsync(TimeSpan wait, Task changed, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var bounded = wait > LongestWait ? LongestWait : wait;
        var delay = Task.Delay(bounded > TimeSpan.Zero ? bounded : TimeSpan.Zero, timing.Time, end.Token);
        await Task.WhenAny(changed, delay);
        await end.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    /// <summary>Starts the shipment of a batch. If its dataset is halted, the batch waits for the next probe.</summary>
    /// <returns>The shipment, which holds the slot; null if there is none.</returns>
    private async Task<Task?> BeginAsync(Batch batch, bool isProbe, CancellationToken stopping)
    {
        var dataset = state.Halts.Dataset(batch.Destination.DatasetId);
        var clearance = await state.Halts.AskAsync(dataset, stopping);
        if (clearance.Kind == ClearanceKind.Wait)
        {
            batch.Keep(batch.Whole, clearance.Until, tried: false);
            await queue.SettleAsync(batch, _abandon.Token);
            return null;
        }

        HaltScope? probe =
            isProbe ? state.Halts.Everything
            : clearance.Kind == ClearanceKind.Probe ? dataset
            : null;
        return ShipAsync(batch, dataset, probe, stopping);
    }

    private async Task ShipAsync(Batch batch, HaltScope dataset, HaltScope? probe, CancellationToken stopping)
    {
        state.BatchStarted();
        try
        {
            await Task.Yield();
            await shipper.SendAsync(batch, probe, stopping, _abandon.Token);
            if (probe is not null && state.Halts.Find(dataset) is null)
            {
                // What was postponed to the next probe may be sent now.
                await queue.HastenAsync(dataset.DatasetId!, stopping);
            }
        }
        catch (Exception failure)
        {
            if (!_abandon.IsCancellationRequested)
            {
                Log.ShipmentFailed(logger, failure, queue.Connection);
            }

            batch.Keep(batch.Whole, timing.Now + timing.Retries.Wait(batch.Attempts), tried: true);
            await queue.SettleAsync(batch, _abandon.Token);
        }
        finally
        {
            state.BatchEnded();
            _slots.Release();
        }
    }

    /// <summary>
    /// Waits for batches in flight by taking every slot, and cancels those that take longer than the drain timeout.
    /// </summary>
    private async Task DrainAsync()
    {
        using var drain = new CancellationTokenSource(timing.Options.DrainTimeout, timing.Time);
        await using var abandonment = drain.Token.Register(_abandon.Cancel);
        for (var slot = 0; slot < timing.Options.MaxConcurrency; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 311,
            Level = LogLevel.Error,
            Message = "Leasing failed for connection {Connection}; it was tried again after a pause"
        )]
        public static partial void RoundFailed(ILogger logger, Exception failure, string connection);

        [LoggerMessage(
            EventId = 312,
            Level = LogLevel.Error,
            Message = "A batch of connection {Connection} failed unexpectedly; its events were kept"
        )]
        public static partial void ShipmentFailed(ILogger logger, Exception failure, string connection);
    }
}
