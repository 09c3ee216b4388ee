using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// The interfaces of the contract other than <see cref="IOutbox"/>, each forwarded to its implementation.
/// </summary>
internal sealed partial class SqliteOutbox
{
    /// <inheritdoc/>
    public Action<DamagedEvents>? WhenBuried { get; set; }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken) =>
        _file.NoteDamageOf(_operator.BacklogAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken) =>
        _file.NoteDamageOf(_operator.LedgerAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken) =>
        _file.NoteDamageOf(_operator.LastDeliveriesAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<JournalFinding> FindAsync(JournalSearch search, CancellationToken cancellationToken) =>
        _file.NoteDamageOf(_journal.FindAsync(search, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<OutcomePage> OutcomesAsync(OutcomeQuery query, CancellationToken cancellationToken) =>
        _file.NoteDamageOf(_journal.OutcomesAsync(query, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RollUp>> RollUpsAsync(RollUpQuery query, CancellationToken cancellationToken) =>
        _file.NoteDamageOf(_journal.RollUpsAsync(query, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken) =>
        _failed.FailedAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken) =>
        _failed.CountFailedAsync(selection, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResolvedEvents> ResolveFailedAsync(
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    ) => _failed.ResolveFailedAsync(selection, resolution, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResolvedEvents> ReplayFailedAsync(
        FailedSelection selection,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => _failed.ReplayFailedAsync(selection, redirection, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FailedCause>> FailedCausesAsync(
        FailedSelection selection,
        CancellationToken cancellationToken
    ) => _failed.FailedCausesAsync(selection, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<PendingPage> PendingAsync(PendingQuery query, CancellationToken cancellationToken) =>
        _pending.PendingAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<PendingCount> CountPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        _pending.CountPendingAsync(scope, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedPending> RedirectAsync(
        PendingScope scope,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => _pending.RedirectAsync(scope, redirection, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedPending> DiscardPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        _pending.DiscardPendingAsync(scope, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken) =>
        _states.SetPausedAsync(connection, paused, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken) =>
        _states.PausedAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    ) => _states.HaltAsync(scope, reason, probeIn, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> TryProbeAsync(HaltScope scope, TimeSpan patience, CancellationToken cancellationToken) =>
        _states.TryProbeAsync(scope, patience, cancellationToken);

    /// <inheritdoc/>
    public ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken) =>
        _states.ProbeNowAsync(connection, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken) =>
        _states.EndHaltAsync(scope, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken) =>
        _states.HaltsAsync(cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<RecoveryNotice> Recoveries { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<int> AcknowledgeRecoveriesAsync(CancellationToken cancellationToken)
    {
        var acknowledged = await _queue.ChangeAsync(transaction => transaction.ClearRecoveries());
        Recoveries = [];
        return acknowledged;
    }

    /// <inheritdoc/>
    /// <remarks>An erasure that has begun is not cancelled: the token is checked only before it.</remarks>
    public async ValueTask<ErasedEvents> EraseAsync(
        IReadOnlyCollection<PersonTrace> person,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await _erasure.RunAsync(person.ToHashSet(), until);
    }
}
