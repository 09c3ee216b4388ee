using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Erasing;

/// <summary>The bodies of chunks that have been settled. They stay until their partition is dropped.</summary>
internal static class SettledBodies
{
    private const int PerSlice = 500;

    /// <summary>Removes them now, because an erased person may be among them.</summary>
    public static async Task RemoveAsync(Database database, CancellationToken stopping)
    {
        var after = (Slot: 0, Id: long.MinValue);
        while (true)
        {
            var rows = await database.RunAsync(
                transaction =>
                    transaction.QueryAsync(
                        """
                        WITH slice AS (
                            SELECT slot, id FROM offlineconversions.bodies WHERE (slot, id) > ($1, $2)
                            ORDER BY slot, id LIMIT $3
                        ), removed AS (
                            DELETE FROM offlineconversions.bodies USING slice
                            WHERE bodies.slot = slice.slot AND bodies.id = slice.id
                                AND NOT EXISTS (SELECT FROM offlineconversions.work WHERE work.id = bodies.id)
                        )
                        SELECT slot, id FROM slice ORDER BY slot, id
                        """,
                        row => (Slot: row.GetInt32(0), Id: row.GetInt64(1)),
                        after.Slot,
                        after.Id,
                        PerSlice
                    ),
                stopping
            );
            if (rows.Count < PerSlice)
            {
                return;
            }

            after = rows[^1];
        }
    }
}
