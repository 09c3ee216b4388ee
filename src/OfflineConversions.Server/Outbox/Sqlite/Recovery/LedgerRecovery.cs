using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>Balances the ledger of a recovered database with its rows. What is missing counts as discarded.</summary>
internal sealed class LedgerRecovery(SqliteConnection target)
{
    private const string OfConnection =
        "JOIN destinations ON destinations.id = destination WHERE destinations.connection = ledger.connection";

    /// <summary>Balances it, and says what was found.</summary>
    public RecoveredRows Balance()
    {
        DropRowsWithoutDestination();
        var (waiting, failed) = (Number("SELECT total(events) FROM chunks"), Number("SELECT count(*) FROM failed"));
        var booked = Number("SELECT total(waiting_events + failed) FROM ledger");
        Execute(
            """
            INSERT OR IGNORE INTO ledger (connection, accepted, delivered, failed, waiting_events, waiting_bytes)
            SELECT DISTINCT connection, 0, 0, 0, 0, 0 FROM destinations
            """
        );
        Execute(
            $"""
            UPDATE ledger SET
                waiting_events = (SELECT CAST(total(events) AS INTEGER) FROM chunks {OfConnection}),
                waiting_bytes = (SELECT CAST(total(bytes) AS INTEGER) FROM chunks {OfConnection}),
                failed = (SELECT count(*) FROM failed AS list {OfConnection})
            """
        );
        Execute(
            """
            UPDATE ledger SET
                discarded = discarded + max(0, accepted - delivered - waiting_events - failed - discarded - expired)
            """
        );
        Execute("UPDATE ledger SET accepted = delivered + waiting_events + failed + discarded + expired");
        return new RecoveredRows(waiting, failed, Math.Max(0, booked - waiting - failed));
    }

    /// <summary>An event whose destination is lost cannot be delivered.</summary>
    private void DropRowsWithoutDestination()
    {
        Execute("DELETE FROM chunks WHERE destination NOT IN (SELECT id FROM destinations)");
        Execute("DELETE FROM failed WHERE destination NOT IN (SELECT id FROM destinations)");
    }

    private void Execute(string sql)
    {
        using var statement = new Statement(target, sql);
        statement.Execute();
    }

    private long Number(string sql)
    {
        using var statement = new Statement(target, sql);
        return statement.Scalar();
    }
}
