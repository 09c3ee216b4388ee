using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery.State;

/// <summary>What an operator or a changed configuration may do to a connection, and what a restart restores.</summary>
internal sealed partial class ConnectionControl(
    IOutbox outbox,
    IConnectionStateStore store,
    ILedger ledger,
    ConnectionStates states,
    ILogger<ConnectionControl> logger
)
{
    /// <summary>
    /// Sends nothing more until the connection is resumed, also after a restart. Requests in flight finish, and events
    /// are still accepted.
    /// </summary>
    public async Task PauseAsync(string connection, CancellationToken cancellationToken)
    {
        await store.SetPausedAsync(connection, true, cancellationToken);
        await RestorePausesAsync(cancellationToken);
        Log.Paused(logger, connection);
    }

    /// <summary>Ends a pause and probes every halt at once. A wait that Meta asked for remains.</summary>
    public async Task ResumeAsync(string connection, CancellationToken cancellationToken)
    {
        await store.SetPausedAsync(connection, false, cancellationToken);
        states.Of(connection).Unpause();
        Log.Resumed(logger, connection);
        await ProbeNowAsync(connection, insist: true, cancellationToken);
    }

    /// <summary>Probes every halt of a connection at once, because its cause may have been fixed.</summary>
    /// <param name="connection">The connection's name.</param>
    /// <param name="insist">Whether refused events are buried from now on, even if they are many.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task ProbeNowAsync(string connection, bool insist, CancellationToken cancellationToken)
    {
        var halts = states.Of(connection).Halts;
        var datasets = halts.Datasets.Keys;
        await halts.ProbeNowAsync(insist, cancellationToken);
        foreach (var dataset in datasets)
        {
            await outbox.HastenAsync(connection, dataset, cancellationToken);
        }

        // Again: a dispatcher may have claimed the probe before its events were due.
        await halts.ProbeNowAsync(insist, cancellationToken);
    }

    /// <summary>Ends the halt of a dataset in which nothing waits any more. Its next event finds out again.</summary>
    public async Task EndHaltAsync(string connection, string dataset, CancellationToken cancellationToken)
    {
        var halts = states.Of(connection).Halts;
        if (await halts.EndAsync(halts.Dataset(dataset), cancellationToken))
        {
            Log.HaltEnded(logger, connection, dataset);
        }
    }

    /// <summary>Restores pauses, halts with their probe times, and the times of the last successes.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var lastSuccesses = await ledger.LastDeliveriesAsync(cancellationToken);
        var halts = await store.HaltsAsync(cancellationToken);
        foreach (var last in lastSuccesses)
        {
            states.Of(last.Connection).Restore(last.At, []);
        }

        foreach (var connection in halts.GroupBy(halt => halt.Scope.Connection, StringComparer.Ordinal))
        {
            states.Of(connection.Key).Restore(lastSuccess: null, [.. connection]);
        }

        await RestorePausesAsync(cancellationToken);
        states.NoteRestored();
    }

    /// <summary>
    /// Takes over what other processes on the same store have paused, resumed, halted or ended. Nothing to do where the
    /// store belongs to this process alone.
    /// </summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (!store.IsShared)
        {
            return;
        }

        var known = states.Known.Select(state => (State: state, state.Halts.Changes)).ToList();
        var halts = (await store.HaltsAsync(cancellationToken)).ToLookup(
            halt => halt.Scope.Connection,
            StringComparer.Ordinal
        );
        var paused = (await store.PausedAsync(cancellationToken)).ToDictionary(
            one => one.Connection,
            one => one.Since,
            StringComparer.Ordinal
        );
        foreach (var (state, changes) in known)
        {
            state.Halts.Follow([.. halts[state.Connection]], changes);
            if (paused.TryGetValue(state.Connection, out var since))
            {
                state.Pause(since);
            }
            else
            {
                state.Unpause();
            }
        }
    }

    private async Task RestorePausesAsync(CancellationToken cancellationToken)
    {
        foreach (var paused in await store.PausedAsync(cancellationToken))
        {
            states.Of(paused.Connection).Pause(paused.Since);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 321,
            Level = LogLevel.Warning,
            Message = "Connection {Connection} was paused by the operator; its events are kept"
        )]
        public static partial void Paused(ILogger logger, string connection);

        [LoggerMessage(
            EventId = 322,
            Level = LogLevel.Information,
            Message = "Connection {Connection} was resumed by the operator"
        )]
        public static partial void Resumed(ILogger logger, string connection);

        [LoggerMessage(
            EventId = 324,
            Level = LogLevel.Information,
            Message = "The halt of connection {Connection} at dataset {Dataset} ended, because none of its events wait"
        )]
        public static partial void HaltEnded(ILogger logger, string connection, string dataset);
    }
}
