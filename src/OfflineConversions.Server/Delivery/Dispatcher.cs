using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// The loop of one connection: lease, join to a batch, ship, settle. Each connection has its own, and nothing in it is
/// shared with another, so a broken one slows nobody.
/// </summary>
internal sealed class Dispatcher(
    Connection connection,
    IOutbox outbox,
    Shipper shipper,
    ConnectionState state,
    DeliverySignal signal,
    RetrySchedule schedule,
    BatchLimits limits,
    DeliveryOptions options,
    DeliveryMetrics metrics,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    /// <summary>A timer cannot wait for ever.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly LeaseTurns _turns = new(connection.Name, outbox, limits, options, time);
    private readonly SemaphoreSlim _slots = new(options.MaxConcurrency);
    private readonly CancellationTokenSource _abandon = new();

    /// <summary>Runs until asked to stop, then lets what is in flight finish.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stopping);
                await signal.WaitAsync(connection.Name, limits.MaxEvents, options.FlushInterval, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                DispatcherLog.RoundFailed(logger, failure, connection.Name);
                await PauseAsync(0, stopping);
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
    /// Ships all that is due: full batches at once, and what has waited for company since before the round began.
    /// </summary>
    private async Task RoundAsync(CancellationToken stopping)
    {
        signal.Reset(connection.Name);
        var began = time.GetUtcNow();
        var more = true;
        while (more)
        {
            await _slots.WaitAsync(stopping);
            Task? shipment = null;
            try
            {
                var isProbe = await ClearedAsync(stopping);
                (var chunks, more) = await _turns.NextAsync(began, isProbe, stopping);
                if (chunks.Count > 0)
                {
                    shipment = await BeginAsync(new Batch(chunks), isProbe, stopping);
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
    }

    /// <summary>Waits until the connection may send.</summary>
    /// <returns>Whether it may send a probe only.</returns>
    private async Task<bool> ClearedAsync(CancellationToken stopping)
    {
        while (true)
        {
            var changed = state.Changed;
            var clearance = state.Ask(ConnectionState.Everything);
            if (clearance.Kind != ClearanceKind.Wait)
            {
                return clearance.Kind == ClearanceKind.Probe;
            }

            await WaitAsync(clearance.Until - time.GetUtcNow(), changed, stopping);
        }
    }

    private async Task WaitAsync(TimeSpan wait, Task changed, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var longest = wait > LongestWait ? LongestWait : wait;
        await Task.WhenAny(changed, Task.Delay(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, time, end.Token));
        await end.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Sets a batch on its way, unless its dataset stands still: then it goes back until the next probe.
    /// </summary>
    /// <returns>The shipment, which holds the slot; <see langword="null"/> where there is none.</returns>
    private async Task<Task?> BeginAsync(Batch batch, bool isProbe, CancellationToken stopping)
    {
        var dataset = batch.Destination.DatasetId;
        var clearance = state.Ask(dataset);
        if (clearance.Kind == ClearanceKind.Wait)
        {
            batch.Keep(batch.Whole, clearance.Until, tried: false);
            await SettleAsync(batch);
            return null;
        }

        return ShipAsync(
            batch,
            isProbe ? ConnectionState.Everything
                : clearance.Kind == ClearanceKind.Probe ? dataset
                : null,
            stopping
        );
    }

    private async Task ShipAsync(Batch batch, string? probe, CancellationToken stopping)
    {
        state.Departed();
        try
        {
            await Task.Yield();
            await shipper.SendAsync(batch, probe, SettleAsync, stopping, _abandon.Token);
            var dataset = batch.Destination.DatasetId;
            if (probe is not null && state.HaltOf(dataset) is null)
            {
                await outbox.HastenAsync(connection.Name, dataset, stopping); // What was put off until the next probe need not wait for it any more.
            }
        }
        catch (Exception failure)
        {
            if (!_abandon.IsCancellationRequested)
            {
                DispatcherLog.ShipmentFailed(logger, failure, connection.Name);
            }

            batch.Keep(batch.Whole, time.GetUtcNow() + schedule.Wait(batch.Attempts), tried: true);
            await SettleAsync(batch);
        }
        finally
        {
            state.Arrived();
            _slots.Release();
        }
    }

    /// <summary>
    /// Settles what is decided. A failing disk is waited for, holding the slot: nothing more is sent that could not be
    /// settled.
    /// </summary>
    private async Task SettleAsync(Batch batch)
    {
        var settlements = batch.TakeDecided();
        for (var failures = 0; settlements.Count > 0; failures++)
        {
            try
            {
                await outbox.SettleAsync(settlements, CancellationToken.None);
                break;
            }
            catch (Exception failure)
            {
                DispatcherLog.SettlementFailed(logger, failure, connection.Name);
                if (_abandon.IsCancellationRequested)
                {
                    return; // The process ends: these chunks are leased again after the restart, and sent twice with the same event ids.
                }
            }

            await PauseAsync(failures, _abandon.Token);
        }

        foreach (var settlement in settlements)
        {
            metrics.Settled(settlement);
        }
    }

    /// <summary>
    /// Waits for what is in flight by taking every slot; gives up what takes longer than the drain time-out.
    /// </summary>
    private async Task DrainAsync()
    {
        using var drain = new CancellationTokenSource(options.DrainTimeout, time);
        await using var abandonment = drain.Token.Register(_abandon.Cancel);
        for (var slot = 0; slot < options.MaxConcurrency; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }
    }

    private async Task PauseAsync(int failures, CancellationToken cancellationToken) =>
        await Task.WhenAny(Task.Delay(schedule.Wait(failures) + options.RetryBaseDelay, time, cancellationToken));
}

internal static partial class DispatcherLog
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

    [LoggerMessage(
        EventId = 313,
        Level = LogLevel.Error,
        Message = "The outbox did not take a settlement of connection {Connection}; it was tried again after a pause"
    )]
    public static partial void SettlementFailed(ILogger logger, Exception failure, string connection);
}
