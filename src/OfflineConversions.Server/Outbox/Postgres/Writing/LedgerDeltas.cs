using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// What one transaction changes in the ledger of each connection. It is added as a row of its own, in the transaction
/// that it counts, so the sum of all rows is exact at any time, and no transaction waits for another's.
/// </summary>
internal sealed class LedgerDeltas
{
    private readonly SortedDictionary<string, LedgerDelta> _changes = new(StringComparer.Ordinal);

    /// <summary>Events were stored.</summary>
    public void Accepted(string connection, int events, long bytes)
    {
        var change = Of(connection);
        change.Accepted += events;
        change.WaitingEvents += events;
        change.WaitingBytes += bytes;
    }

    /// <summary>Events no longer wait.</summary>
    public void Left(string connection, LeftEvents events, long bytes, DateTimeOffset now)
    {
        var change = Of(connection);
        change.Delivered += events.Delivered;
        change.DeliveredAt = events.Delivered > 0 ? now.ToUnixTimeMilliseconds() : change.DeliveredAt;
        change.Failed += events.Failed;
        change.Discarded += events.Discarded;
        change.WaitingEvents -= events.Delivered + events.Failed + events.Discarded;
        change.WaitingBytes -= bytes;
    }

    /// <summary>One event left the failed list.</summary>
    public void Resolved(string connection, Resolution resolution, long bytes)
    {
        var change = Of(connection);
        change.Failed--;
        switch (resolution)
        {
            case Resolution.Replay:
                change.WaitingEvents++;
                change.WaitingBytes += bytes;
                break;
            case Resolution.Discard:
                change.Discarded++;
                break;
            default:
                change.Expired++;
                break;
        }
    }

    /// <summary>Adds a row for each connection, and starts again.</summary>
    public IEnumerable<DatabaseCommand> Insert()
    {
        List<DatabaseCommand> commands =
        [
            .. _changes.Select(change => new DatabaseCommand(
                "INSERT INTO offlineconversions.ledger_deltas VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                change.Key,
                change.Value.Accepted,
                change.Value.Delivered,
                change.Value.WaitingEvents,
                change.Value.WaitingBytes,
                change.Value.Failed,
                change.Value.Discarded,
                change.Value.Expired,
                change.Value.DeliveredAt
            )),
        ];
        _changes.Clear();
        return commands;
    }

    private LedgerDelta Of(string connection)
    {
        if (!_changes.TryGetValue(connection, out var change))
        {
            _changes.Add(connection, change = new LedgerDelta());
        }

        return change;
    }

    private sealed class LedgerDelta
    {
        public long Accepted { get; set; }

        public long Delivered { get; set; }

        public long WaitingEvents { get; set; }

        public long WaitingBytes { get; set; }

        public long Failed { get; set; }

        public long Discarded { get; set; }

        public long Expired { get; set; }

        public long DeliveredAt { get; set; }
    }
}

/// <summary>What became of events that no longer wait.</summary>
internal readonly record struct LeftEvents(int Delivered, int Failed, int Discarded);
