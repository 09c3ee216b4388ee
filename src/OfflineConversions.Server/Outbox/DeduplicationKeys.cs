using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The deliveries already taken, as digests with an expiry. A key is written by the transaction that writes its chunk, so
/// neither outlives a rollback without the other. On disk and nowhere else: memory does not grow with the window.
/// </summary>
internal sealed class DeduplicationKeys(SqliteConnection connection) : IDisposable
{
    /// <summary>The bytes of one key: half a SHA-256, so that two deliveries meet by chance once in 10^19 pairs of ten million.</summary>
    public const int KeyBytes = 16;

    private readonly Statement _add = new(
        connection,
        """
        INSERT INTO deduplication_keys (key, expires_at) VALUES (?1, ?2)
        ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at WHERE expires_at <= ?3
        """);

    private readonly Statement _prune = new(
        connection,
        "DELETE FROM deduplication_keys WHERE key IN (SELECT key FROM deduplication_keys WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)");

    /// <summary>Notes a delivery; false where the same one was noted before and has not expired.</summary>
    public bool TryAdd(ReadOnlySpan<byte> key, DateTimeOffset now, TimeSpan window) =>
        _add.Bind(1, key).Bind(2, (now + window).ToUnixTimeMilliseconds()).Bind(3, now.ToUnixTimeMilliseconds()).Execute() > 0;

    /// <summary>Forgets expired keys, the oldest first, at most so many.</summary>
    public void Prune(DateTimeOffset now, int most) => _prune.Bind(1, now.ToUnixTimeMilliseconds()).Bind(2, most).Execute();

    /// <summary>The keys of the entries, one after the other. Computed by the caller's thread: the writer has better things to do.</summary>
    public static byte[] Of(IReadOnlyList<OutboxEntry> entries)
    {
        var keys = new byte[entries.Count * KeyBytes];
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].DeduplicationWindow > TimeSpan.Zero)
            {
                Digest(entries[i].Delivery, keys.AsSpan(i * KeyBytes, KeyBytes));
            }
        }

        return keys;
    }

    private static void Digest(Conversions.Delivery delivery, Span<byte> key)
    {
        var most = Encoding.UTF8.GetMaxByteCount(delivery.DatasetId.Length + delivery.EventName.Length + delivery.EventId.Length) + 2;
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(delivery.DatasetId, buffer);
        buffer[length++] = 0;
        length += Encoding.UTF8.GetBytes(delivery.EventName, buffer.AsSpan(length));
        buffer[length++] = 0;
        length += Encoding.UTF8.GetBytes(delivery.EventId, buffer.AsSpan(length));

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.AsSpan(0, length), digest);
        digest[..KeyBytes].CopyTo(key);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    public void Dispose()
    {
        _add.Dispose();
        _prune.Dispose();
    }
}
