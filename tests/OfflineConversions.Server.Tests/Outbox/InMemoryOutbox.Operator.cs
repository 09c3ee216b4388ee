using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The end of leases, the failed list, the ledger and erasures.</summary>
internal sealed partial class InMemoryOutbox
{
    private readonly List<FailedRow> _failed = [];
    private readonly SortedDictionary<string, LedgerLine> _ledger = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, DateTimeOffset> _deliveries = new(StringComparer.Ordinal);
    private readonly Dictionary<PersonTrace, DateTimeOffset> _suppressed = [];

    public ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<Backlog>>([
                .. _rows
                    .Select(row => row.Chunk)
                    .GroupBy(chunk => chunk.Destination.Connection)
                    .OrderBy(chunks => chunks.Key, StringComparer.Ordinal)
                    .Select(chunks => new Backlog(
                        chunks.Key,
                        chunks.Sum(chunk => chunk.Events.Count),
                        chunks.Sum(chunk => chunk.Events.Sum(stored => (long)stored.Payload.Length)),
                        chunks.Min(chunk => chunk.CreatedAt)
                    )),
            ]);
        }
    }

    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var bytes = 0L;
            return ValueTask.FromResult<IReadOnlyList<FailedEvent>>([
                .. Select(query)
                    .Select(row => row.Event)
                    .Where(failed => query.Before is not { } before || failed.Id < before)
                    .OrderByDescending(failed => failed.Id)
                    .Take(query.Limit)
                    .TakeWhile(failed => (bytes += failed.Payload.Length) - failed.Payload.Length < query.MostBytes),
            ]);
        }
    }

    public ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<long>(Select(selection).Count());
        }
    }

    public ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<LedgerLine>>([.. _ledger.Values]);
        }
    }

    public ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<LastDelivery>>([
                .. _deliveries.Select(delivery => new LastDelivery(delivery.Key, delivery.Value)),
            ]);
        }
    }

    public ValueTask<ErasedEvents> EraseAsync(
        IReadOnlyCollection<PersonTrace> person,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            foreach (var trace in person)
            {
                _suppressed[trace] = until;
            }

            RemoveTexts();
            return ValueTask.FromResult(Remove(payload => PayloadReader.HasTrace(payload.Span, person.Contains)));
        }
    }

    private IEnumerable<FailedRow> Select(FailedSelection selection) =>
        _failed.Where(row =>
            (selection.Connection is null || row.Event.Destination.Connection == selection.Connection)
            && (selection.Reason is null || row.Event.Burial.Reason == selection.Reason)
            && (selection.Since is not { } since || row.Event.FailedAt >= since)
            && (selection.Until is not { } until || row.Event.FailedAt < until)
            && (selection.Ids is null || selection.Ids.Contains(row.Event.Id))
        );

    private SettlementStatus Settle(ChunkSettlement settlement)
    {
        if (Find(settlement.Chunk) is not { } row)
        {
            return SettlementStatus.LeaseLost;
        }

        _settlements.Add(settlement);
        var chunk = row.Chunk;
        var attempts = chunk.Attempts + (settlement.CountAttempt ? 1 : 0);
        StoredEvent[] kept =
        [
            .. settlement.Keep.Order().Select(i => chunk.Events[i]).Where(stored => !IsSuppressed(stored.Payload)),
        ];
        Burial[] buried = [.. settlement.Buried.Where(burial => !IsSuppressed(chunk.Events[burial.Index].Payload))];
        foreach (var burial in buried)
        {
            var stored = chunk.Events[burial.Index];
            var reason = burial with { Index = 0 };
            Release(stored.Key);
            _failed.Add(
                new FailedRow(new FailedEvent(++_ids, chunk.Destination, Now, attempts, reason, stored.Payload), stored)
            );
        }

        foreach (var erased in chunk.Events.Where((_, i) => IsNamed(settlement, i)).Where(IsSuppressed))
        {
            Release(erased.Key);
            Became(erased, DeliveryState.Erased, attempts);
        }

        NoteSettled(settlement, buried, attempts);

        var delivered = chunk.Events.Count - settlement.Keep.Count - settlement.Buried.Count;
        Book(chunk.Destination.Connection, line =>
            line with
            {
                Delivered = line.Delivered + delivered,
                Failed = line.Failed + buried.Length,
                Discarded = line.Discarded + chunk.Events.Count - delivered - buried.Length - kept.Length,
                Waiting = line.Waiting - chunk.Events.Count + kept.Length,
            }
        );
        if (delivered > 0)
        {
            _deliveries[chunk.Destination.Connection] = Now;
        }

        row.Chunk = chunk with { Events = kept, Attempts = attempts };
        row.Due = settlement.Due == default ? row.Due : settlement.Due;
        row.LeasedAt = null;
        _ = kept.Length > 0 || _rows.Remove(row);
        return SettlementStatus.Settled;
    }

    /// <summary>Removes events that are not leased, with their deduplication keys.</summary>
    private ErasedEvents Remove(Predicate<ReadOnlyMemory<byte>> condition)
    {
        var (pending, failed, keys, inFlight) = (0L, 0L, 0L, 0L);
        foreach (var row in _rows.ToArray())
        {
            var found = row.Chunk.Events.Where(stored => condition(stored.Payload)).ToArray();
            if (IsLeased(row))
            {
                inFlight += found.Length;
                continue;
            }

            pending += found.Length;
            keys += found.Count(stored => stored.Key.Exists);
            Array.ForEach(found, stored => Release(stored.Key));
            Array.ForEach(found, stored => Became(stored, DeliveryState.Erased, row.Chunk.Attempts));
            row.LeasedAt = found.Length > 0 ? null : row.LeasedAt;
            row.Chunk = row.Chunk with { Events = [.. row.Chunk.Events.Except(found)] };
            Discard(row.Chunk.Destination, found.Length, line => line with { Waiting = line.Waiting - found.Length });
            _ = row.Chunk.Events.Count > 0 || _rows.Remove(row);
        }

        foreach (var row in _failed.Where(row => condition(row.Stored.Payload)).ToArray())
        {
            failed++;
            keys += row.Stored.Key.Exists ? 1 : 0;
            Release(row.Stored.Key);
            Became(row.Stored, DeliveryState.Erased, row.Event.Attempts);
            _failed.Remove(row);
            Discard(row.Event.Destination, 1, line => line with { Failed = line.Failed - 1 });
        }

        return new ErasedEvents(pending, failed, keys, inFlight);
    }

    private bool IsSuppressed(StoredEvent stored) => IsSuppressed(stored.Payload);

    private bool IsSuppressed(ReadOnlyMemory<byte> payload) =>
        _suppressed.Count > 0
        && PayloadReader.HasTrace(payload.Span, trace => _suppressed.TryGetValue(trace, out var end) && end > Now);

    private void Book(string connection, Func<LedgerLine, LedgerLine> change) =>
        _ledger[connection] = change(
            _ledger.GetValueOrDefault(connection) ?? new LedgerLine(connection, 0, 0, 0, 0, 0, 0)
        );

    private sealed record FailedRow(FailedEvent Event, StoredEvent Stored);

    private void RemoveTexts()
    {
        for (var index = 0; index < _arrivals.Count; index++)
        {
            _arrivals[index] = _arrivals[index] with { Text = null };
        }
    }
}
