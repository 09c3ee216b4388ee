using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Reading;

/// <summary>Reads what the tables take, from what the server knows without reading them.</summary>
internal sealed class UseReader(Database database)
{
    /// <summary>Everything, or an error after seconds.</summary>
    public async Task<DatabaseUse> ReadAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(TransactionLimits.Measure, cancellationToken);
        await transaction.StartAsync([], cancellationToken);
        return new DatabaseUse(
            await TablesAsync(transaction),
            await PartitionsAsync(transaction),
            await ConnectionsAsync(transaction)
        );
    }

    private static Task<List<TableUse>> TablesAsync(DatabaseTransaction transaction) =>
        transaction.QueryAsync(
            $"""
            SELECT regexp_replace(relname, '^bodies_[0-9]+$', 'bodies') AS name,
                coalesce(sum(pg_table_size(relid)), 0)::bigint, coalesce(sum(pg_indexes_size(relid)), 0)::bigint,
                sum(n_live_tup)::bigint, sum(n_dead_tup)::bigint
            FROM pg_stat_user_tables WHERE schemaname = '{Database.Schema}' GROUP BY name ORDER BY name
            """,
            row => new TableUse(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4))
        );

    private static async Task<PartitionUse> PartitionsAsync(DatabaseTransaction transaction)
    {
        var partitions = await transaction.QueryAsync(
            """
            WITH partitions AS (
                SELECT substring(child.relname FROM '^bodies_([0-9]+)$')::int AS slot
                FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
                WHERE inhparent = 'offlineconversions.bodies'::regclass)
            SELECT count(*) FILTER (WHERE partitions.slot < state.slot),
                count(*) FILTER (WHERE partitions.slot > state.slot),
                (SELECT coalesce(min(since), $1) FROM offlineconversions.slots
                    WHERE slot >= (SELECT min(slot) FROM partitions))
            FROM partitions, offlineconversions.state
            """,
            row => new PartitionUse(
                row.GetInt64(0),
                row.GetInt64(1),
                transaction.Now - ChunkFormat.ReadTime(row.GetInt64(2))
            ),
            transaction.NowMilliseconds
        );
        return partitions[0];
    }

    private static async Task<Dictionary<string, long>> ConnectionsAsync(DatabaseTransaction transaction) =>
        (
            await transaction.QueryAsync(
                """
                SELECT CASE WHEN state = 'active' THEN 'active' WHEN state LIKE 'idle in transaction%' THEN 'waiting'
                    ELSE 'idle' END AS does, count(*)
                FROM pg_stat_activity WHERE usename = current_user AND datname = current_database() GROUP BY does
                """,
                row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1))
            )
        ).ToDictionary();
}
