using System.Buffers.Binary;
using Npgsql;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>Deduplication keys as versions took them whose keys held for every connection.</summary>
internal static class OlderPostgresKeys
{
    /// <summary>Adds the key of a delivery to a database.</summary>
    public static async Task TakeAsync(string database, EventDelivery delivery, DateTimeOffset end)
    {
        var key = new byte[DeduplicationKey.StoredBytes];
        BinaryPrimitives.WriteUInt128BigEndian(
            key,
            DeduplicationKey.OfEveryConnection(delivery.DatasetId, delivery.EventName, delivery.EventId).Stored
        );
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var insert = new NpgsqlCommand(
            "INSERT INTO offlineconversions.older_keys (key, ends_at) VALUES ($1, $2)",
            connection
        );
        insert.Parameters.AddWithValue(key);
        insert.Parameters.AddWithValue(end.ToUnixTimeSeconds());
        await insert.ExecuteNonQueryAsync();
    }
}
