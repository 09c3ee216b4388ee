using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Journal;

/// <summary>
/// Adds up what was counted, and forgets what is too old or too much, the oldest first. One replica does it at a time,
/// in slices.
/// </summary>
internal sealed class JournalUpkeep(Database database, JournalOptions limits)
{
    private const int CountsPerSlice = 5000;
    private const int BlocksPerSlice = 64;
    private const int RowsPerSlice = 5000;

    /// <summary>Adds up what transactions have counted.</summary>
    public Task<int> FoldCountsAsync(CancellationToken stopping) =>
        database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    """
                    WITH taken AS (
                        DELETE FROM offlineconversions.journal_count_deltas WHERE ctid = ANY(ARRAY(
                            SELECT ctid FROM offlineconversions.journal_count_deltas LIMIT $1 FOR UPDATE SKIP LOCKED))
                        RETURNING *)
                    INSERT INTO offlineconversions.journal_counts AS known
                    SELECT hour, connection, kind, name, sum(count) FROM taken
                    GROUP BY hour, connection, kind, name ORDER BY hour, connection, kind, name
                    ON CONFLICT (hour, connection, kind, name) DO UPDATE SET count = known.count + excluded.count
                    """,
                    CountsPerSlice
                ),
            stopping
        );

    /// <summary>Forgets what is older than the retention, and what is more than the limit.</summary>
    public async Task ForgetAsync(CancellationToken stopping)
    {
        var (last, before) = await LastTooManyAsync(stopping);
        await ForgetArrivalsAsync(last, before, stopping);
        await ForgetRowsAsync("journal_settled", "chunk", before, stopping);
        await ForgetRowsAsync("journal_answers", "chunk", before, stopping);
        await ForgetRowsAsync("journal_resolved", "failed", before, stopping);
        await database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    "DELETE FROM offlineconversions.journal_counts WHERE hour < $1",
                    RollUpChanges.HourOf(transaction.Now - limits.Retention)
                ),
            stopping
        );
    }

    /// <summary>Removes the ids in clear text that are stored now: whose they are is not known.</summary>
    public static async Task RemoveTextsAsync(Database database, CancellationToken stopping)
    {
        var last = await database.RunAsync(
            transaction =>
                transaction.QueryAsync("SELECT coalesce(max(id), 0) FROM offlineconversions.journal_texts", row =>
                    row.GetInt64(0)
                ),
            stopping
        );
        int removed;
        do
        {
            removed = await database.RunAsync(
                transaction =>
                    transaction.ExecuteAsync(
                        """
                        DELETE FROM offlineconversions.journal_texts WHERE id = ANY(ARRAY(
                            SELECT id FROM offlineconversions.journal_texts WHERE id <= $1 ORDER BY id LIMIT $2))
                        """,
                        last[0],
                        BlocksPerSlice
                    ),
                stopping
            );
        } while (removed == BlocksPerSlice);
    }

    /// <summary>The last arrivals that the limit of bytes leaves no room for, and the end of the retention.</summary>
    private async Task<(long Last, long Before)> LastTooManyAsync(CancellationToken stopping) =>
        await database.RunAsync(
            async transaction =>
            {
                var last = await transaction.QueryAsync(
                    """
                    SELECT id FROM (
                        SELECT id, sum(bytes) OVER (ORDER BY id DESC) AS newer FROM offlineconversions.journal) AS sized
                    WHERE newer > $1 ORDER BY id DESC LIMIT 1
                    """,
                    row => row.GetInt64(0),
                    limits.MaxBytes
                );
                return (last.Count > 0 ? last[0] : 0, (transaction.Now - limits.Retention).ToUnixTimeMilliseconds());
            },
            stopping
        );

    private async Task ForgetArrivalsAsync(long last, long before, CancellationToken stopping)
    {
        int forgotten;
        do
        {
            forgotten = await database.RunAsync(
                async transaction =>
                {
                    var ids = await transaction.QueryAsync(
                        """
                        DELETE FROM offlineconversions.journal WHERE id = ANY(ARRAY(
                            SELECT id FROM (
                                SELECT id, until FROM offlineconversions.journal ORDER BY id LIMIT $3) AS oldest
                            WHERE id <= $1 OR until < $2))
                        RETURNING id
                        """,
                        row => row.GetInt64(0),
                        last,
                        before,
                        BlocksPerSlice
                    );
                    await transaction.ExecuteAsync(
                        "DELETE FROM offlineconversions.journal_texts WHERE id = ANY($1)",
                        (object)ids.ToArray()
                    );
                    return ids.Count;
                },
                stopping
            );
        } while (forgotten == BlocksPerSlice);
    }

    /// <summary>
    /// Forgets rows that are older than the oldest arrivals, which nothing leads to any more.
    /// </summary>
    private async Task ForgetRowsAsync(string table, string key, long before, CancellationToken stopping)
    {
        int forgotten;
        do
        {
            forgotten = await database.RunAsync(
                transaction =>
                    transaction.ExecuteAsync(
                        $"""
                        DELETE FROM offlineconversions.{table} WHERE {key} = ANY(ARRAY(
                            SELECT {key} FROM offlineconversions.{table}
                            WHERE at < coalesce((SELECT since FROM offlineconversions.journal ORDER BY id LIMIT 1), $1)
                            ORDER BY at LIMIT $2))
                        """,
                        before,
                        RowsPerSlice
                    ),
                stopping
            );
        } while (forgotten == RowsPerSlice);
    }
}
