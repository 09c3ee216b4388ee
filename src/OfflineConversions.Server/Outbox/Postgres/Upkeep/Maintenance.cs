using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Erasing;
using OfflineConversions.Server.Outbox.Postgres.Journal;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres.Upkeep;

/// <summary>What keeps the tables small, in slices too short to be noticed. One replica at a time does it.</summary>
/// <param name="parts">What writing transactions need.</param>
/// <param name="journal">The journal's share of it.</param>
/// <param name="failedRetention">How long the failed list keeps an event.</param>
internal sealed class Maintenance(WriterParts parts, JournalUpkeep journal, TimeSpan failedRetention)
{
    private const int KeysPerSlice = 5000;
    private const int MostSlices = 20;
    private const int FailedPerSlice = 200;
    private const int DeltasPerSlice = 5000;

    /// <summary>From this many destinations on, those without events are forgotten.</summary>
    private const int ManyDestinations = 500;

    private readonly Bodies _bodies = new(parts);

    /// <summary>One round.</summary>
    /// <param name="earliest">
    /// The earlier of this replica's clocks: a jump of the database's clock must not empty the failed list.
    /// </param>
    /// <param name="stopping">Cancels it.</param>
    public async Task RunAsync(DateTimeOffset earliest, CancellationToken stopping)
    {
        await FoldLedgerAsync(stopping);
        await journal.FoldCountsAsync(stopping);
        await ForgetKeysAsync("deduplication_keys", stopping);
        await ForgetKeysAsync("older_keys", stopping);
        await WriteTransaction.RunAsync(parts, async transaction =>
        {
            var now = transaction.Now < earliest ? transaction.Now : earliest;
            await FailedResolution.ExpireAsync(transaction, now - failedRetention, FailedPerSlice);
            return true;
        });
        await ForgetSuppressionsAsync(stopping);
    }

    /// <summary>What need not be looked at every second.</summary>
    public async Task RunRarelyAsync(CancellationToken stopping)
    {
        await _bodies.RotateAsync(stopping);
        await _bodies.PrepareAsync(stopping);
        while (await _bodies.DropOldestAsync(stopping))
        {
            stopping.ThrowIfCancellationRequested();
        }

        await ForgetDestinationsAsync(stopping);
        await journal.ForgetAsync(stopping);
    }

    /// <summary>
    /// Corrects times that a clock ahead of this one has written: what would wait longer than any schedule is due now,
    /// and what comes from the future is as old as this moment.
    /// </summary>
    /// <returns>The number of waits that it ended.</returns>
    public static async Task<int> PullBackAsync(
        Database database,
        TimeSpan longestWait,
        CancellationToken cancellationToken
    ) =>
        await database.RunAsync(
            async transaction =>
            {
                var (now, most) = (transaction.NowMilliseconds, transaction.Now + longestWait);
                await transaction.ExecuteAsync(
                    "UPDATE offlineconversions.work SET created_at = $1 WHERE created_at > $1",
                    now
                );
                var chunks = await transaction.ExecuteAsync(
                    "UPDATE offlineconversions.work SET due_at = $1 WHERE due_at > $2",
                    now,
                    most.ToUnixTimeMilliseconds()
                );
                var halts = await transaction.ExecuteAsync(
                    "UPDATE offlineconversions.halts SET probe_at = $1 WHERE probe_at > $2",
                    now,
                    most.ToUnixTimeMilliseconds()
                );
                return chunks + halts;
            },
            cancellationToken
        );

    private Task<int> FoldLedgerAsync(CancellationToken stopping) =>
        parts.Database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    """
                    WITH taken AS (
                        DELETE FROM offlineconversions.ledger_deltas WHERE ctid = ANY(ARRAY(
                            SELECT ctid FROM offlineconversions.ledger_deltas LIMIT $1 FOR UPDATE SKIP LOCKED))
                        RETURNING *)
                    INSERT INTO offlineconversions.ledger AS line
                    SELECT connection, sum(accepted), sum(delivered), sum(waiting_events), sum(waiting_bytes),
                        sum(failed), sum(discarded), sum(expired), max(delivered_at)
                    FROM taken GROUP BY connection ORDER BY connection
                    ON CONFLICT (connection) DO UPDATE SET
                        accepted = line.accepted + excluded.accepted,
                        delivered = line.delivered + excluded.delivered,
                        waiting_events = line.waiting_events + excluded.waiting_events,
                        waiting_bytes = line.waiting_bytes + excluded.waiting_bytes,
                        failed = line.failed + excluded.failed,
                        discarded = line.discarded + excluded.discarded,
                        expired = line.expired + excluded.expired,
                        delivered_at = greatest(line.delivered_at, excluded.delivered_at)
                    """,
                    DeltasPerSlice
                ),
            stopping
        );

    private async Task ForgetKeysAsync(string table, CancellationToken stopping)
    {
        for (var slice = 0; slice < MostSlices; slice++)
        {
            var forgotten = await parts.Database.RunAsync(
                transaction =>
                    transaction.ExecuteAsync(
                        $"""
                        DELETE FROM offlineconversions.{table} WHERE ctid = ANY(ARRAY(
                            SELECT ctid FROM offlineconversions.{table} WHERE ends_at <= $1
                            ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED))
                        """,
                        transaction.Now.ToUnixTimeSeconds(),
                        KeysPerSlice
                    ),
                stopping
            );
            if (forgotten < KeysPerSlice)
            {
                return;
            }
        }
    }

    private async Task ForgetSuppressionsAsync(CancellationToken stopping)
    {
        if (parts.Cache.Rows.Suppressions.Any)
        {
            await parts.Database.RunAsync(
                transaction =>
                    transaction.ExecuteAsync(
                        "DELETE FROM offlineconversions.suppressed WHERE swept AND until <= $1",
                        transaction.NowMilliseconds
                    ),
                stopping
            );
        }
    }

    /// <summary>
    /// A shop has a handful of destinations, but some callers choose the upload tag. A forgotten one comes back with
    /// its next event.
    /// </summary>
    private async Task ForgetDestinationsAsync(CancellationToken stopping)
    {
        var count = await parts.Database.RunAsync(
            transaction =>
                transaction.QueryAsync("SELECT count(*) FROM offlineconversions.destinations", row => row.GetInt64(0)),
            stopping
        );
        if (count[0] > ManyDestinations)
        {
            await Edition.ChangeAsync(
                parts.Database,
                transaction =>
                    transaction.ExecuteAsync(
                        """
                        DELETE FROM offlineconversions.destinations AS d
                        WHERE NOT EXISTS (SELECT FROM offlineconversions.work WHERE destination = d.id)
                            AND NOT EXISTS (SELECT FROM offlineconversions.failed WHERE destination = d.id)
                        """
                    ),
                stopping
            );
        }
    }
}
