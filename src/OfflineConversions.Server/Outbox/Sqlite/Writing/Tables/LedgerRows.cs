using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>The ledger of each connection. The writer's side.</summary>
internal sealed class LedgerRows(SqliteConnection connection) : LedgerChanges, IDisposable
{
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

    /// <summary>Writes what the transaction changed: one row per connection.</summary>
    public void Flush()
    {
        foreach (var (connection, change) in Changes)
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

        Forget();
    }

    public void Dispose() => _add.Dispose();
}
