using System.Globalization;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Erasing;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres.Upkeep;

/// <summary>
/// The partitions of the bodies. Now and then a new one is begun, which was created before, so that writers do not wait
/// for that; an old one is dropped when no chunk needs it. The few
/// chunks that wait long move into the current one, so that they do not keep the bodies of an hour.
/// </summary>
internal sealed class Bodies(WriterParts parts)
{
    private static readonly TimeSpan OldEnough = TimeSpan.FromHours(1);

    private const int MovedAtOnce = 32;

    /// <summary>A partition of which more than one in so many chunks still waits is left as it is.</summary>
    private const int FewOf = 4;

    /// <summary>Creates the partition that comes after the current one, if it does not exist.</summary>
    public Task<bool> PrepareAsync(CancellationToken cancellationToken) =>
        parts.Database.RunAsync(
            async transaction =>
            {
                var slot = await transaction.QueryAsync("SELECT slot FROM offlineconversions.state", row =>
                    row.GetInt32(0)
                );
                return await AddAsync(transaction, slot[0] + 1);
            },
            cancellationToken
        );

    /// <summary>Begins a new partition if the current one is old enough.</summary>
    public async Task<bool> RotateAsync(CancellationToken cancellationToken)
    {
        var state = await parts.Database.RunAsync(
            transaction =>
                transaction.QueryAsync(
                    "SELECT slot FROM offlineconversions.state WHERE $1 - slot_since >= $2 OR $1 < slot_since",
                    row => row.GetInt32(0),
                    transaction.NowMilliseconds,
                    (long)OldEnough.TotalMilliseconds
                ),
            cancellationToken
        );
        if (state.Count == 0)
        {
            return false;
        }

        return await Edition.ChangeAsync(
            parts.Database,
            async transaction =>
            {
                var moved = await transaction.ExecuteAsync(
                    "UPDATE offlineconversions.state SET slot = slot + 1, slot_since = $2 WHERE slot = $1",
                    state[0],
                    transaction.NowMilliseconds
                );
                if (moved > 0)
                {
                    await AddAsync(transaction, state[0] + 1);
                    await transaction.ExecuteAsync(
                        "INSERT INTO offlineconversions.slots (slot, since) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                        state[0] + 1,
                        transaction.NowMilliseconds
                    );
                }

                return moved > 0;
            },
            cancellationToken
        );
    }

    /// <summary>Drops the oldest partition if no chunk needs it; moves its chunks first if they are few.</summary>
    /// <returns>Whether there may be more to do.</returns>
    public async Task<bool> DropOldestAsync(CancellationToken cancellationToken)
    {
        var oldest = await FindOldestAsync(cancellationToken);
        if (oldest is not { } partition)
        {
            return false;
        }

        if (partition.Waiting > 0)
        {
            return partition.Waiting <= partition.Chunks / FewOf && await MoveAsync(partition.Slot) > 0;
        }

        return await Edition.ChangeAsync(
            parts.Database,
            async transaction =>
            {
                var slot = partition.Slot.ToString(CultureInfo.InvariantCulture);
                var needed = await transaction.QueryAsync(
                    "SELECT EXISTS (SELECT FROM offlineconversions.work WHERE slot = $1)",
                    row => row.GetBoolean(0),
                    partition.Slot
                );
                if (!needed[0])
                {
                    await transaction.ExecuteAsync($"DROP TABLE offlineconversions.bodies_{slot}");
                    await transaction.ExecuteAsync(
                        "DELETE FROM offlineconversions.slots WHERE slot <= $1",
                        partition.Slot
                    );
                }

                return !needed[0];
            },
            cancellationToken
        );
    }

    /// <summary>Creates a partition, unless it exists.</summary>
    private static async Task<bool> AddAsync(DatabaseTransaction transaction, int slot)
    {
        var name = $"offlineconversions.bodies_{slot.ToString(CultureInfo.InvariantCulture)}";
        var exists = await transaction.QueryAsync("SELECT to_regclass($1) IS NOT NULL", row => row.GetBoolean(0), name);
        if (exists[0])
        {
            return false;
        }

        // Attached instead of created in place: readers of the other partitions do not wait.
        await transaction.ExecuteAsync([
            new DatabaseCommand(
                $"CREATE TABLE {name} (LIKE offlineconversions.bodies INCLUDING ALL) "
                    + "WITH (autovacuum_vacuum_insert_threshold = -1)"
            ),
            new DatabaseCommand(
                $"ALTER TABLE offlineconversions.bodies ATTACH PARTITION {name} FOR VALUES IN "
                    + $"({slot.ToString(CultureInfo.InvariantCulture)})"
            ),
        ]);
        return true;
    }

    private async Task<Partition?> FindOldestAsync(CancellationToken cancellationToken)
    {
        // Not the current one, nor the one before, whose bodies show whether a commit in doubt was stored.
        var found = await parts.Database.RunAsync(
            transaction =>
                transaction.QueryAsync(
                    """
                    SELECT slot, (SELECT count(*) FROM offlineconversions.work WHERE work.slot = old.slot),
                        (SELECT count(*) FROM offlineconversions.bodies WHERE bodies.slot = old.slot)
                    FROM (
                        SELECT substring(child.relname FROM '^bodies_(\d+)$')::int AS slot
                        FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
                        WHERE inhparent = 'offlineconversions.bodies'::regclass) AS old
                    WHERE slot < (SELECT slot - 1 FROM offlineconversions.state)
                    ORDER BY slot LIMIT 1
                    """,
                    row => new Partition(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2))
                ),
            cancellationToken
        );
        return found.Count > 0 ? found[0] : null;
    }

    private Task<int> MoveAsync(int slot) =>
        WriteTransaction.RunAsync(parts, transaction => transaction.Database.ExecuteAsync(
                """
                WITH waiting AS (
                    SELECT id FROM offlineconversions.work WHERE slot = $1
                    ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
                ), copied AS (
                    INSERT INTO offlineconversions.bodies (slot, id, encrypted, content)
                    SELECT $2, bodies.id, bodies.encrypted, bodies.content
                    FROM offlineconversions.bodies JOIN waiting ON waiting.id = bodies.id WHERE bodies.slot = $1
                )
                UPDATE offlineconversions.work SET slot = $2 FROM waiting WHERE work.id = waiting.id
                """,
                slot,
                transaction.Slot,
                MovedAtOnce
            ));

    /// <summary>A partition of the bodies.</summary>
    /// <param name="Slot">Its number.</param>
    /// <param name="Waiting">Its chunks that wait.</param>
    /// <param name="Chunks">All of its chunks.</param>
    private sealed record Partition(int Slot, long Waiting, long Chunks);
}
