using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>Deduplication keys as versions wrote them whose keys held for every connection.</summary>
internal static class OlderKeys
{
    /// <summary>Adds the key of a delivery to a file.</summary>
    public static void Take(string file, EventDelivery delivery, DateTimeOffset end)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO taken_keys (expires_at, keys) VALUES ($end, $key)";
        insert.Parameters.AddWithValue("$end", end.ToUnixTimeMilliseconds());
        insert.Parameters.AddWithValue("$key", KeyOf(delivery));
        insert.ExecuteNonQuery();
    }

    /// <summary>The key of a delivery as it is stored.</summary>
    public static byte[] KeyOf(EventDelivery delivery)
    {
        var key = new byte[DeduplicationKey.StoredBytes];
        BinaryPrimitives.WriteUInt128BigEndian(
            key,
            DeduplicationKey.OfEveryConnection(delivery.DatasetId, delivery.EventName, delivery.EventId).Stored
        );
        return key;
    }
}
