using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>The numbers of the destinations, by which other rows name them.</summary>
internal static class DestinationRows
{
    /// <summary>The number of a destination that was committed before, or by this transaction.</summary>
    public static async Task<int?> FindAsync(DatabaseTransaction transaction, Destination destination)
    {
        var found = await transaction.QueryAsync(
            """
            SELECT id FROM offlineconversions.destinations
            WHERE connection = $1 AND api = $2 AND dataset = $3 AND upload_tag IS NOT DISTINCT FROM $4::text
            """,
            row => row.GetInt32(0),
            ValuesOf(destination)
        );
        return found.Count > 0 ? found[0] : null;
    }

    /// <summary>
    /// Adds a destination in the transaction, and returns its number. Another transaction that adds the same one waits
    /// until this one has ended. A transaction of its own would need a second connection while this one is held, and if
    /// the pool is small, every connection would be held by a writer that waits for another one.
    /// </summary>
    public static async Task<int> AddAsync(DatabaseTransaction transaction, Destination destination)
    {
        await transaction.ExecuteAsync(
            """
            INSERT INTO offlineconversions.destinations (connection, api, dataset, upload_tag)
            VALUES ($1, $2, $3, $4::text) ON CONFLICT DO NOTHING
            """,
            ValuesOf(destination)
        );
        return await FindAsync(transaction, destination)
            ?? throw new InvalidOperationException("A destination that was just added is missing.");
    }

    private static object?[] ValuesOf(Destination destination)
    {
        var row = DestinationRow.Of(destination);
        return [row.Connection, row.Api, row.DatasetId, row.UploadTag];
    }
}
