using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Rows;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>Balances the ledger of a recovered database with its rows. What is missing counts as discarded.</summary>
internal sealed class LedgerRecovery(SqliteConnection target, DateTimeOffset now)
{
    /// <summary>The connection of events whose destination is lost, where several connections are possible.</summary>
    private const string UnknownConnection = "unknown";

    private const string OfConnection =
        "JOIN destinations ON destinations.id = destination WHERE destinations.connection = ledger.connection";

    /// <summary>Balances it, and says what was found.</summary>
    public RecoveredRows Balance()
    {
        Execute("DELETE FROM ledger WHERE min(accepted, delivered, failed, discarded, expired) < 0");
        BuryWithoutDestination();
        var isKnown =
            Number("SELECT count(*) FROM ledger") > 0
            && Number(
                """
                SELECT count(*) FROM destinations
                WHERE connection NOT IN (SELECT connection FROM ledger)
                    AND (id IN (SELECT destination FROM chunks) OR id IN (SELECT destination FROM failed))
                """
            ) == 0;
        var (waiting, failed) = (Number("SELECT total(events) FROM chunks"), Number("SELECT count(*) FROM failed"));
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
        const string Lost = "max(0, accepted - delivered - waiting_events - failed - discarded - expired)";
        var missing = Number($"SELECT CAST(total({Lost}) AS INTEGER) FROM ledger");
        Execute($"UPDATE ledger SET discarded = discarded + {Lost}");
        Execute("UPDATE ledger SET accepted = delivered + waiting_events + failed + discarded + expired");
        var unreadable = Number($"SELECT count(*) FROM failed WHERE reason = '{UnreadableChunk.Reason}'");
        return new RecoveredRows(waiting, failed, unreadable, isKnown ? missing : null);
    }

    /// <summary>An event whose destination is lost cannot be delivered, but it is listed.</summary>
    private void BuryWithoutDestination()
    {
        const string Lost = "destination NOT IN (SELECT id FROM destinations)";
        if (
            Number($"SELECT (SELECT count(*) FROM chunks WHERE {Lost}) + (SELECT count(*) FROM failed WHERE {Lost})")
            == 0
        )
        {
            return;
        }

        Execute(
            $"""
            INSERT INTO destinations (id, connection, api, dataset)
            SELECT
                (SELECT max(n) + 1 FROM (
                    SELECT 0 AS n UNION ALL SELECT max(id) FROM destinations UNION ALL
                    SELECT max(destination) FROM chunks WHERE destination < {int.MaxValue} UNION ALL
                    SELECT max(destination) FROM failed WHERE destination < {int.MaxValue})),
                iif(count(*) = 1, max(connection), '{UnknownConnection}'), '{nameof(MetaApi.ConversionsApi)}', ''
            FROM ledger
            """
        );
        var placeholder = Number("SELECT max(id) FROM destinations");
        using var lost = new Statement(target, $"SELECT id, events, attempts FROM chunks WHERE {Lost}");
        var chunks = new List<UnreadableChunk>();
        while (lost.Read())
        {
            chunks.Add(new UnreadableChunk(placeholder, lost.Integer(1), lost.Integer(2)));
        }

        Execute($"DELETE FROM chunks WHERE {Lost}");
        Execute($"UPDATE failed SET destination = {placeholder} WHERE {Lost}");
        chunks.ForEach(chunk => chunk.Bury(target, now));
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
