namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The state of connections that survives a restart and that all processes on one store agree on: pauses and halts.
/// Leasing does not look at it.
/// </summary>
internal interface IConnectionStateStore
{
    /// <summary>Whether other processes change it too, so that memory has to follow it.</summary>
    bool IsShared => false;

    /// <summary>
    /// Marks a connection as paused or as no longer paused. A second pause keeps the first one's time.
    /// </summary>
    ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken);

    /// <summary>The paused connections.</summary>
    ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Halts a scope from now on. If it is halted already, it takes the new reason and the new probe time and keeps the
    /// time since when it is halted.
    /// </summary>
    /// <param name="scope">What is halted.</param>
    /// <param name="reason">The reason code.</param>
    /// <param name="probeIn">How long from now the next probe may be sent.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The halt as stored, and whether it is new.</returns>
    ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Claims the probe of a halt. Only one caller gets it: the next probe is postponed in the same step, in case this
    /// one is lost.
    /// </summary>
    /// <param name="scope">What is halted.</param>
    /// <param name="patience">
    /// How long from now the next probe may be sent unless the outcome of this one says otherwise.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True if the scope is halted and its probe time has come.</returns>
    ValueTask<bool> TryProbeAsync(HaltScope scope, TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>Lets every halt of a connection be probed now.</summary>
    ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken);

    /// <summary>Ends a halt.</summary>
    /// <returns>False if the scope was not halted.</returns>
    ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken);

    /// <summary>Every halt of every connection, by connection and dataset.</summary>
    ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken);
}

/// <summary>A connection that an operator has paused, and when.</summary>
internal sealed record PausedConnection(string Connection, DateTimeOffset Since);

/// <summary>What a halt stops.</summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="DatasetId">One of its datasets; <see langword="null"/> for all of it.</param>
internal readonly record struct HaltScope(string Connection, string? DatasetId = null);

/// <summary>A connection, or one of its datasets, that sends nothing until a probe succeeds.</summary>
/// <param name="Scope">What is halted.</param>
/// <param name="Reason">The reason code of the newest problem.</param>
/// <param name="Since">When it was halted.</param>
/// <param name="ProbeAt">When the next probe may be sent.</param>
internal sealed record Halt(HaltScope Scope, string Reason, DateTimeOffset Since, DateTimeOffset ProbeAt);

/// <summary>A halt as stored.</summary>
/// <param name="Halt">The halt.</param>
/// <param name="IsNew">False if the scope was halted before.</param>
internal readonly record struct HaltChange(Halt Halt, bool IsNew);
