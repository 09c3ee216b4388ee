using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>
/// The ledger of each connection, written by the transactions that it counts, so that after any crash
/// accepted = delivered + waiting + failed + discarded + expired. The writer's side.
/// </summary>
internal sealed class LedgerRows(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, LedgerEntry> _changes = new(StringComparer.Ordinal);

    private readonly Statement _add = new(
        connection,
        """
        INSERT INTO ledger (
            connection, accepted, delivered, failed, waiting_events, waiting_bytes, discarded, expired, delivered_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (connection) DO UPDATE SET
            accepted = accepted + excluded.accepted,
            delivered = delivered + excluded.delivered,
            failed = failed + excluded.failed,
            waiting_events = waiting_events + excluded.waiting_events,
            waiting_bytes = waiting_bytes + excluded.waiting_bytes,
            discarded = discarded + excluded.discarded,
            expired = expired + excluded.expired,
            delivered_at = max(delivered_at, excluded.delivered_at)
        """
    );

    /// <summary>Events were stored.</summary>
    public void Accepted(string connection, int events, long bytes)
    {
        var change = Change(connection);
        change.Accepted += events;
        change.WaitingEvents += events;
        change.WaitingBytes += bytes;
    }

    /// <summary>Events no longer wait.</summary>
    public void Left(string connection, int delivered, int failed, int discarded, long bytes, DateTimeOffset now)
    {
        var change = Change(connection);
        change.Delivered += delivered;
        change.DeliveredAt = delivered > 0 ? now.ToUnixTimeMilliseconds() : change.DeliveredAt;
        change.Failed += failed;
        change.Discarded += discarded;
        change.WaitingEvents -= delivered + failed + discarded;
        change.WaitingBytes -= bytes;
    }

    /// <summary>One event left the failed list.</summary>
    public void Resolved(string connection, Resolution resolution, long bytes)
    {
        var change = Change(connection);
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

    /// <summary>Writes what the transaction changed: one row per connection.</summary>
    public void Flush()
    {
        foreach (var (connection, change) in _changes)
        {
            _add.Bind(1, connection)
                .Bind(2, change.Accepted)
                .Bind(3, change.Delivered)
                .Bind(4, change.Failed)
                .Bind(5, change.WaitingEvents)
                .Bind(6, change.WaitingBytes)
                .Bind(7, change.Discarded)
                .Bind(8, change.Expired)
                .Bind(9, change.DeliveredAt)
                .Execute();
        }

        _changes.Clear();
    }

    /// <summary>After a rollback nothing was changed.</summary>
    public void Forget() => _changes.Clear();

    public void Dispose() => _add.Dispose();

    private LedgerEntry Change(string connection)
    {
        if (!_changes.TryGetValue(connection, out var change))
        {
            _changes.Add(connection, change = new LedgerEntry());
        }

        return change;
    }

    private sealed class LedgerEntry
    {
        public long Accepted { get; set; }

        public long Delivered { get; set; }

        public long Failed { get; set; }

        public long WaitingEvents { get; set; }

        public long WaitingBytes { get; set; }

        public long Discarded { get; set; }

        public long Expired { get; set; }

        public long DeliveredAt { get; set; }
    }
}
