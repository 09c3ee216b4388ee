using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// What an operator may do to a connection. A pause is kept in the outbox, so that a restart does not end it.
/// </summary>
internal sealed partial class ConnectionControl(
    IOutbox outbox,
    IConnectionStateStore store,
    ILedger ledger,
    ConnectionStates states,
    ILogger<ConnectionControl> logger
)
{
    /// <summary>
    /// Nothing more is sent until it is resumed; what is in flight finishes, and events are still taken.
    /// </summary>
    public async Task PauseAsync(string connection, CancellationToken cancellationToken)
    {
        await store.SetPausedAsync(connection, true, cancellationToken);
        await RestoreAsync(cancellationToken);
        LogPaused(connection);
    }

    /// <summary>
    /// Ends a pause, and probes at once whatever has halted. The wait of a throttled connection is Meta's and stays.
    /// </summary>
    public async Task ResumeAsync(string connection, CancellationToken cancellationToken)
    {
        await store.SetPausedAsync(connection, false, cancellationToken);
        states.Of(connection).Unpause();
        LogResumed(connection);
        await ProbeNowAsync(connection, insist: true, cancellationToken);
    }

    /// <summary>Something about a connection was mended: its halts are probed at once.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="insist">
    /// Whether events that are refused one after the other are to be buried rather than kept.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ProbeNowAsync(string connection, bool insist, CancellationToken cancellationToken)
    {
        var state = states.Of(connection);
        var datasets = state.Status.HaltedDatasets.Keys;
        state.ProbeNow(insist);
        foreach (var dataset in datasets)
        {
            await outbox.HastenAsync(connection, dataset, cancellationToken);
        }

        state.ProbeNow(insist); // For whom a round asked too early meanwhile.
    }

    /// <summary>Pauses what was paused before the restart, and remembers what was delivered last.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        foreach (var last in await ledger.LastDeliveriesAsync(cancellationToken))
        {
            states.Of(last.Connection).Remember(last.At);
        }

        foreach (var paused in await store.PausedAsync(cancellationToken))
        {
            states.Of(paused.Connection).Pause(paused.Since);
        }
    }

    [LoggerMessage(
        EventId = 321,
        Level = LogLevel.Warning,
        Message = "Connection {Connection} was paused by the operator; its events are kept"
    )]
    private partial void LogPaused(string connection);

    [LoggerMessage(
        EventId = 322,
        Level = LogLevel.Information,
        Message = "Connection {Connection} was resumed by the operator"
    )]
    private partial void LogResumed(string connection);
}
