using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The journal at its simplest: an object for each arrival, and one for each delivery.</summary>
internal sealed partial class InMemoryOutbox
{
    private readonly List<Arrived> _arrivals = [];

    // Each payload has bytes of its own, so they say which delivery it is.
    private readonly Dictionary<ReadOnlyMemory<byte>, JournalDelivery> _fates = [];
    private readonly SortedDictionary<(DateTimeOffset, string, string, string), long> _counts = [];

    public ValueTask<JournalFinding> FindAsync(JournalSearch search, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var found = _arrivals
                .AsEnumerable()
                .Reverse()
                .Where(one => search.Digest != 0 && (search.IsOrder ? one.Order : one.Id) == search.Digest)
                .Take(search.Limit)
                .Select(one => new JournalArrival(
                    one.Id,
                    one.Text,
                    one.At,
                    one.Kind,
                    [.. one.Payloads.Select(DeliveryOf)]
                ));
            return ValueTask.FromResult(new JournalFinding([.. found], _arrivals.Count > 0 ? _arrivals[0].At : Now));
        }
    }

    public ValueTask<OutcomePage> OutcomesAsync(OutcomeQuery query, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var items = _arrivals
                .Select((one, number) => new JournalOutcome(number, one.At, one.Text, one.Kind))
                .Where(one =>
                    query.Selects(one.Event)
                    && (query.From is null || one.At >= query.From)
                    && (query.To is null || one.At < query.To)
                    && (query.Before is null || one.Number < query.Before)
                )
                .Reverse()
                .ToArray();
            return ValueTask.FromResult(
                new OutcomePage(
                    items[..Math.Min(items.Length, query.Limit)],
                    items.Length > query.Limit ? items[query.Limit - 1].Number : null
                )
            );
        }
    }

    public ValueTask<IReadOnlyList<RollUp>> RollUpsAsync(RollUpQuery query, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<RollUp>>([
                .. _counts
                    .Select(count => new RollUp(
                        count.Key.Item1,
                        count.Key.Item2,
                        count.Key.Item3,
                        count.Key.Item4,
                        count.Value
                    ))
                    .Where(count =>
                        count.Hour >= query.From
                        && count.Hour < query.To
                        && (query.Connection is null || count.Connection == query.Connection)
                        && (query.Kinds.Count == 0 || query.Kinds.Contains(count.Kind))
                    ),
            ]);
        }
    }

    private void Note(Arrivals arrivals, StoredEvent?[] accepted, bool[] erased)
    {
        bool[] stored = [.. accepted.Select(one => one is not null)];
        var first = 0;
        for (var index = 0; index < arrivals.Events.Count; index++)
        {
            var result = arrivals.Events[index];
            var outcome = ArrivalOutcome.Of(result, first, stored, erased);
            var kept = result.Deliveries.Where((_, place) => stored[first + place]).ToArray();
            var payloads = accepted
                .Skip(first)
                .Take(result.Deliveries.Count)
                .OfType<StoredEvent>()
                .Select(one => one.Payload)
                .ToArray();
            first += result.Deliveries.Count;
            var kind = new JournalKind(
                arrivals.Connection,
                arrivals.Source,
                outcome.Reason == Reason.Erased ? null : result.EventName,
                outcome.Outcome,
                outcome.Reason,
                result.Warnings,
                [.. kept.Select((delivery, lane) => new JournalTarget(lane, delivery.EventName))]
            );
            foreach (var (delivery, payload) in kept.Zip(payloads))
            {
                _fates[payload] = new JournalDelivery(delivery.DatasetId, delivery.EventName, DeliveryState.Pending, 0);
            }

            _arrivals.Add(
                new Arrived(
                    arrivals.EventIds?[index] ?? 0,
                    arrivals.OrderIds?[index] ?? 0,
                    Now,
                    kind,
                    kind.KeepsEventIds ? EventNames.GuardedId(result.EventId) : null,
                    payloads
                )
            );
            Count(arrivals.Connection, RollUpKind.Of(outcome.Outcome), outcome.Reason ?? "");
            Count(arrivals.Connection, RollUpKind.EventName, Bounded(arrivals.Connection, kind.EventName));
            foreach (var warning in result.Warnings)
            {
                Count(arrivals.Connection, RollUpKind.Warning, warning);
            }
        }

        foreach (var count in arrivals.Counts?.Invoke(stored) ?? [])
        {
            Count(arrivals.Connection, count.Kind, count.Name, count.Count);
        }
    }

    private void NoteSettled(ChunkSettlement settlement, Burial[] buried, int attempts)
    {
        var chunk = settlement.Chunk;
        var delivered = chunk.Events.Where((_, index) => !IsNamed(settlement, index)).ToArray();
        foreach (var stored in delivered)
        {
            Became(stored, DeliveryState.Delivered, attempts);
        }

        NoteAnswers(settlement, delivered);

        Count(chunk.Destination.Connection, RollUpKind.Delivered, "", delivered.Length);
        foreach (var burial in buried)
        {
            Became(chunk.Events[burial.Index], DeliveryState.Failed, attempts, burial.Reason, burial.Answer);
            Count(chunk.Destination.Connection, RollUpKind.Failed, burial.Reason);
        }
    }

    private void Resolved(StoredEvent stored, Resolution resolution)
    {
        if (_fates.TryGetValue(stored.Payload, out var fate))
        {
            var state =
                resolution != Resolution.Replay
                    ? resolution == Resolution.Discard
                        ? DeliveryState.Discarded
                        : DeliveryState.Expired
                    : IsSuppressed(stored.Payload)
                        ? DeliveryState.Erased
                        : DeliveryState.Pending;
            _fates[stored.Payload] =
                state == DeliveryState.Pending
                    ? new JournalDelivery(fate.DatasetId, fate.EventName, state, 0)
                    : fate with
                    {
                        State = state,
                        At = Now,
                    };
        }
    }

    private void Became(
        StoredEvent stored,
        DeliveryState state,
        int attempts,
        string? reason = null,
        MetaAnswer? answer = null
    )
    {
        if (_fates.TryGetValue(stored.Payload, out var fate))
        {
            _fates[stored.Payload] = fate with
            {
                State = state,
                Attempts = attempts,
                At = Now,
                Reason = reason ?? fate.Reason,
                Answer = answer ?? fate.Answer,
            };
        }
    }

    private JournalDelivery DeliveryOf(ReadOnlyMemory<byte> payload)
    {
        var fate = _fates[payload];
        return _rows.Find(row => row.Chunk.Events.Any(stored => stored.Payload.Equals(payload))) is { } waiting
            ? fate with
            {
                Attempts = waiting.Chunk.Attempts,
                At = waiting.Chunk.CreatedAt,
                NextAttemptAt = waiting.Due,
            }
            : fate;
    }

    private string Bounded(string connection, string? name)
    {
        if (name is null)
        {
            return EventNameLimit.Hidden;
        }

        var known = _counts
            .Keys.Where(key => key.Item2 == connection && key.Item3 == RollUpKind.EventName)
            .Select(key => key.Item4)
            .Where(one => one is not EventNameLimit.Hidden and not EventNameLimit.Others)
            .ToHashSet();
        return known.Contains(name) || known.Count < EventNameLimit.Most ? name : EventNameLimit.Others;
    }

    private void Count(string connection, string kind, string name, long count = 1)
    {
        var hour = new DateTimeOffset(Now.Year, Now.Month, Now.Day, Now.Hour, 0, 0, TimeSpan.Zero);
        if (count > 0)
        {
            _counts[(hour, connection, kind, name)] = _counts.GetValueOrDefault((hour, connection, kind, name)) + count;
        }
    }

    private sealed record Arrived(
        ulong Id,
        ulong Order,
        DateTimeOffset At,
        JournalKind Kind,
        string? Text,
        IReadOnlyList<ReadOnlyMemory<byte>> Payloads
    );
}
