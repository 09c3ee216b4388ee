using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>What the writer remembers of the journal, so that no commit has to look it up.</summary>
/// <param name="Next">The number of the next arrival.</param>
/// <param name="Total">The bytes that the journal has taken, ever.</param>
/// <param name="FreshRows">The rows of <c>journal_fresh</c>.</param>
/// <param name="FreshEvents">The arrivals in them.</param>
internal readonly record struct JournalCounters(long Next, long Total, long FreshRows, long FreshEvents)
{
    /// <summary>Reads them at the start: a few rows, however large the journal is.</summary>
    public static JournalCounters Read(SqliteConnection connection)
    {
        using var last = new Statement(
            connection,
            """
            SELECT id + events, total + length(event_ids) + length(order_ids) + length(content)
            FROM journal ORDER BY id DESC LIMIT 1
            """
        );
        using var fresh = new Statement(
            connection,
            """
            SELECT ifnull(max(id + events), 0), ifnull(max(total), 0), count(*), ifnull(sum(events), 0)
            FROM journal_fresh
            """
        );
        var (next, total) = last.Read() ? (last.Integer(0), last.Integer(1)) : (1, 0);
        last.Reset();
        fresh.Read();
        var counters = new JournalCounters(
            Math.Max(next, fresh.Integer(0)),
            Math.Max(total, fresh.Integer(1)),
            fresh.Integer(2),
            fresh.Integer(3)
        );
        fresh.Reset();
        return counters;
    }
}
