using System.Collections.Concurrent;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>An outbox in memory: knows duplicates, and can be told to be full.</summary>
internal sealed partial class RememberedOutbox : IOutboxStore
{
    private readonly HashSet<(string, string, string)> _seen = [];
    private int _waiting;

    private readonly List<JournalOutcome> _outcomes = [];

    public List<OutboxEntry> Entries { get; } = [];

    /// <summary>What the journal was told, oldest first.</summary>
    public IReadOnlyList<JournalOutcome> Outcomes => _outcomes;

    /// <summary>The failed list, newest first.</summary>
    public List<FailedEvent> Failed { get; } = [];

    public TimeSpan? UnavailableFor { get; set; }

    /// <summary>What an operator's writes wait for.</summary>
    public Task Writable { get; set; } = Task.CompletedTask;

    /// <summary>How many of the operator's writes have begun and are not done.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>What the operator had written.</summary>
    public ConcurrentBag<string> Written { get; } = [];

    public Action<DamagedEvents>? WhenBuried { get; set; }

    public IReadOnlyList<RecoveryNotice> Recoveries { get; set; } = [];

    public ValueTask<int> AcknowledgeRecoveriesAsync(CancellationToken cancellationToken)
    {
        var acknowledged = Recoveries.Count;
        Recoveries = [];
        return WriteAsync("Acknowledge", acknowledged, cancellationToken);
    }

    public OutboxHealth Health =>
        UnavailableFor is null ? new OutboxHealth(true, null) : new OutboxHealth(false, "The disk is full.");

    public ValueTask<AppendResult> AppendAsync(
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        CancellationToken cancellationToken
    )
    {
        lock (_seen)
        {
            if (UnavailableFor is { } wait)
            {
                return ValueTask.FromResult(new AppendResult(AppendStatus.Unavailable, [], wait));
            }

            var stored = entries
                .Select(entry =>
                    _seen.Add((entry.Delivery.DatasetId, entry.Delivery.EventName, entry.Delivery.EventId))
                )
                .ToArray();
            Entries.AddRange(entries.Where((_, index) => stored[index]).Select(WithOwnPayload));
            Note(arrivals, stored);
            return ValueTask.FromResult(new AppendResult(AppendStatus.Stored, stored, default));
        }
    }

    // The memory of the payloads belongs to the caller.
    private static OutboxEntry WithOwnPayload(OutboxEntry entry) =>
        entry with
        {
            Delivery = entry.Delivery with { Payload = entry.Delivery.Payload.ToArray() },
        };

    public ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Chunk>>([]);

    public TimeSpan LeaseDuration => TimeSpan.FromHours(1);

    public ValueTask<IReadOnlyList<Lease?>> RenewAsync(
        IReadOnlyList<Chunk> chunks,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<IReadOnlyList<Lease?>>([.. chunks.Select(_ => (Lease?)null)]);

    public ValueTask<IReadOnlyList<SettlementStatus>> SettleAsync(
        IReadOnlyList<ChunkSettlement> settlements,
        CancellationToken cancellationToken
    ) =>
        ValueTask.FromResult<IReadOnlyList<SettlementStatus>>([.. settlements.Select(_ => SettlementStatus.LeaseLost)]);

    public ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken)
    {
        lock (_seen)
        {
            return ValueTask.FromResult<IReadOnlyList<Backlog>>([
                .. Entries
                    .GroupBy(entry => entry.Connection)
                    .Select(entries => new Backlog(
                        entries.Key,
                        entries.Count(),
                        entries.Sum(entry => (long)entry.Delivery.Payload.Length),
                        DateTimeOffset.UtcNow.AddSeconds(-5)
                    )),
            ]);
        }
    }

    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<FailedEvent>>([
            .. Failed.Where(failed => query.Before is not { } before || failed.Id < before).Take(query.Limit),
        ]);

    public ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken) =>
        ValueTask.FromResult(0L);

    public ValueTask<ResolvedEvents> ResolveFailedAsync(
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    ) => WriteAsync($"{resolution}", default(ResolvedEvents), cancellationToken);

    public ValueTask<ResolvedEvents> ReplayFailedAsync(
        FailedSelection selection,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => WriteAsync("Replay elsewhere", default(ResolvedEvents), cancellationToken);

    public ValueTask<IReadOnlyList<FailedCause>> FailedCausesAsync(
        FailedSelection selection,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<IReadOnlyList<FailedCause>>([]);

    public ValueTask<PendingPage> PendingAsync(PendingQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new PendingPage([], Next: null));

    public ValueTask<PendingCount> CountPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        ValueTask.FromResult(default(PendingCount));

    public ValueTask<ChangedPending> RedirectAsync(
        PendingScope scope,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => WriteAsync("Redirect", default(ChangedPending), cancellationToken);

    public ValueTask<ChangedPending> DiscardPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        WriteAsync("Discard pending", default(ChangedPending), cancellationToken);

    public ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<LedgerLine>>([]);

    public ValueTask HastenAsync(string connection, string dataset, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<LastDelivery>>([]);

    public ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken) =>
        new(WriteAsync(paused ? "Pause" : "Resume", true, cancellationToken).AsTask());

    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<PausedConnection>>([]);

    public ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    ) =>
        ValueTask.FromResult(
            new HaltChange(new Halt(scope, reason, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow + probeIn), IsNew: true)
        );

    public ValueTask<bool> TryProbeAsync(HaltScope scope, TimeSpan patience, CancellationToken cancellationToken) =>
        ValueTask.FromResult(false);

    public ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken) =>
        ValueTask.FromResult(false);

    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Halt>>([]);

    public ValueTask<ErasedEvents> EraseAsync(
        IReadOnlyCollection<PersonTrace> person,
        DateTimeOffset until,
        CancellationToken cancellationToken
    ) => WriteAsync("Erase", default(ErasedEvents), cancellationToken);

    public ValueTask<JournalFinding> FindAsync(JournalSearch search, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JournalFinding([], DateTimeOffset.UtcNow));

    public ValueTask<OutcomePage> OutcomesAsync(OutcomeQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            new OutcomePage([.. _outcomes.Where(outcome => query.Selects(outcome.Event)).Reverse()], Next: null)
        );

    public ValueTask<IReadOnlyList<RollUp>> RollUpsAsync(RollUpQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<RollUp>>([]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Note(Arrivals? arrivals, bool[] stored)
    {
        var first = 0;
        foreach (var result in arrivals?.Events ?? [])
        {
            var outcome = ArrivalOutcome.Of(result, first, stored, []);
            first += result.Deliveries.Count;
            var kind = new JournalKind(
                arrivals!.Connection,
                arrivals.Source,
                result.EventName,
                outcome.Outcome,
                outcome.Reason,
                result.Warnings,
                []
            );
            _outcomes.Add(new JournalOutcome(_outcomes.Count, DateTimeOffset.UtcNow, result.EventId, kind));
        }
    }

    /// <remarks>A store may give up as soon as its token is cancelled, so it does.</remarks>
    private async ValueTask<T> WriteAsync<T>(string what, T outcome, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await Writable.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        Written.Add(what);
        return outcome;
    }
}
