using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>The numbers of the destinations, by which other rows name them.</summary>
internal static class DestinationRows
{
    /// <summary>
    /// The number of a destination. A new one is added in a transaction of its own, so that two replicas that add the
    /// same one do not wait for each other's events.
    /// </summary>
    public static Task<int> FindOrAddAsync(Database database, Destination destination) =>
        database.RunAsync(
            async transaction =>
            {
                var row = DestinationRow.Of(destination);
                object?[] values = [row.Connection, row.Api, row.DatasetId, row.UploadTag];
                if (await FindAsync(transaction, values) is { } known)
                {
                    return known;
                }

                await transaction.ExecuteAsync(
                    """
                    INSERT INTO offlineconversions.destinations (connection, api, dataset, upload_tag)
                    VALUES ($1, $2, $3, $4::text) ON CONFLICT DO NOTHING
                    """,
                    values
                );
                return await FindAsync(transaction, values)
                    ?? throw new InvalidOperationException("A destination that was just added is missing.");
            },
            CancellationToken.None
        );

    private static async Task<int?> FindAsync(DatabaseTransaction transaction, object?[] values)
    {
        var found = await transaction.QueryAsync(
            """
            SELECT id FROM offlineconversions.destinations
            WHERE connection = $1 AND api = $2 AND dataset = $3 AND upload_tag IS NOT DISTINCT FROM $4::text
            """,
            row => row.GetInt32(0),
            values
        );
        return found.Count > 0 ? found[0] : null;
    }
}
