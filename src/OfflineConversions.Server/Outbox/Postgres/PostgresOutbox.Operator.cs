using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>
/// The interfaces of the contract other than <see cref="IOutbox"/>, each forwarded to its implementation.
/// </summary>
internal sealed partial class PostgresOutbox
{
    /// <inheritdoc/>
    public Action<DamagedEvents>? WhenBuried { get; set; }

    /// <inheritdoc/>
    public bool IsShared => _states.IsShared;

    /// <inheritdoc/>
    /// <remarks>A database recovers by itself, so there is nothing to acknowledge.</remarks>
    public IReadOnlyList<RecoveryNotice> Recoveries => [];

    /// <inheritdoc/>
    public ValueTask<int> AcknowledgeRecoveriesAsync(CancellationToken cancellationToken) => ValueTask.FromResult(0);

    /// <inheritdoc/>
    /// <remarks>That it takes too long says nothing about the work of others.</remarks>
    public async ValueTask<DatabaseUse?> DatabaseUseAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _use.ReadAsync(cancellationToken);
        }
        catch (Exception error) when (DatabaseErrors.Describe(error) is { } problem)
        {
            throw new OutboxUnavailableException(problem, error);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken) =>
        AskAsync(() => _operator.BacklogAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken) =>
        AskAsync(() => _operator.LedgerAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken) =>
        AskAsync(() => _operator.LastDeliveriesAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<JournalFinding> FindAsync(JournalSearch search, CancellationToken cancellationToken) =>
        AskAsync(() => _journal.FindAsync(search, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<OutcomePage> OutcomesAsync(OutcomeQuery query, CancellationToken cancellationToken) =>
        AskAsync(() => _journal.OutcomesAsync(query, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RollUp>> RollUpsAsync(RollUpQuery query, CancellationToken cancellationToken) =>
        AskAsync(() => _journal.RollUpsAsync(query, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken) =>
        AskAsync(() => _failed.FailedAsync(query, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken) =>
        AskAsync(() => _failed.CountFailedAsync(selection, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ResolvedEvents> ResolveFailedAsync(
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    ) => AskAsync(() => _failed.ResolveFailedAsync(selection, resolution, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ResolvedEvents> ReplayFailedAsync(
        FailedSelection selection,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => AskAsync(() => _failed.ReplayFailedAsync(selection, redirection, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FailedCause>> FailedCausesAsync(
        FailedSelection selection,
        CancellationToken cancellationToken
    ) => AskAsync(() => _failed.FailedCausesAsync(selection, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<PendingPage> PendingAsync(PendingQuery query, CancellationToken cancellationToken) =>
        AskAsync(() => _pending.PendingAsync(query, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<PendingCount> CountPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        AskAsync(() => _pending.CountPendingAsync(scope, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ChangedPending> RedirectAsync(
        PendingScope scope,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => AskAsync(() => _pending.RedirectAsync(scope, redirection, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ChangedPending> DiscardPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        AskAsync(() => _pending.DiscardPendingAsync(scope, cancellationToken));

    /// <inheritdoc/>
    public ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken) =>
        DoAsync(() => _states.SetPausedAsync(connection, paused, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken) =>
        AskAsync(() => _states.PausedAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    ) => AskAsync(() => _states.HaltAsync(scope, reason, probeIn, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<bool> TryProbeAsync(HaltScope scope, TimeSpan patience, CancellationToken cancellationToken) =>
        AskAsync(() => _states.TryProbeAsync(scope, patience, cancellationToken));

    /// <inheritdoc/>
    public ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken) =>
        DoAsync(() => _states.ProbeNowAsync(connection, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken) =>
        AskAsync(() => _states.EndHaltAsync(scope, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken) =>
        AskAsync(() => _states.HaltsAsync(cancellationToken));

    /// <inheritdoc/>
    /// <remarks>An erasure that has begun is not cancelled: the token is checked only before it.</remarks>
    public async ValueTask<ErasedEvents> EraseAsync(
        IReadOnlyCollection<PersonTrace> person,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await AskAsync(async () => await _erasure.RunAsync(person.ToHashSet(), until));
    }

    /// <summary>Changes something in the database; as <see cref="AskAsync{T}"/>.</summary>
    private async ValueTask DoAsync(Func<ValueTask> change) =>
        await AskAsync(async () =>
        {
            await change();
            return true;
        });

    /// <summary>Asks the database. If that fails, the result says so in words that may be shown.</summary>
    private async ValueTask<T> AskAsync<T>(Func<ValueTask<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (DatabaseErrors.Describe(error) is { } problem)
        {
            _availability.Report(error);
            throw new OutboxUnavailableException(problem, error);
        }
    }
}
