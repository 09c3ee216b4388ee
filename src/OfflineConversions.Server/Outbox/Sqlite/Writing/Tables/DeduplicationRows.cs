using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>
/// The deduplication keys of accepted deliveries, with their expiry. They are looked up in memory (21 to 32 bytes per
/// key) and written by the transaction that writes their chunk, the keys of a commit in one row per expiry, so neither
/// survives a rollback without the other.
/// </summary>
internal sealed class DeduplicationRows : IDisposable
{
    private const int KeyBytes = DeduplicationKey.DigestBytes;

    private readonly DeduplicationIndex _index;
    private readonly Dictionary<long, ArrayBufferWriter<byte>> _fresh = [];
    private readonly Statement _insert;
    private readonly Statement _prune;
    private readonly Statement _find;
    private readonly Statement _replace;
    private readonly Statement _delete;

    /// <summary>Reads the keys in the file.</summary>
    public DeduplicationRows(SqliteConnection connection)
    {
        _insert = new Statement(connection, "INSERT INTO taken_keys (expires_at, keys) VALUES (?1, ?2)");
        _prune = new Statement(
            connection,
            """
            DELETE FROM taken_keys
            WHERE id IN (SELECT id FROM taken_keys WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)
            """
        );

        using var bytes = new Statement(connection, "SELECT ifnull(sum(length(keys)), 0) FROM taken_keys");
        _index = new DeduplicationIndex(bytes.Scalar() / KeyBytes);
        _find = new Statement(connection, "SELECT keys FROM taken_keys WHERE id = ?1");
        _replace = new Statement(connection, "UPDATE taken_keys SET keys = ?2 WHERE id = ?1");
        _delete = new Statement(connection, "DELETE FROM taken_keys WHERE id = ?1");

        // The newest first: an expired row must not hide a younger one of the same key.
        using var rows = new Statement(connection, "SELECT expires_at, keys FROM taken_keys ORDER BY id DESC");
        while (rows.Read())
        {
            var (expiresAt, keys) = (rows.Integer(0), rows.Blob(1));
            for (var at = 0; at + KeyBytes <= keys.Length; at += KeyBytes)
            {
                _index.TryAdd(keys.AsSpan(at, KeyBytes), now: 0, expiresAt);
            }

            _index.Keep();
        }
    }

    /// <summary>Adds a key; false if it is there already and has not expired.</summary>
    public bool TryAdd(DeduplicationKey added, DateTimeOffset now, TimeSpan window)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt128BigEndian(key, added.Digest);
        var expiresAt = (now + window).ToUnixTimeMilliseconds();
        if (!_index.TryAdd(key, now.ToUnixTimeMilliseconds(), expiresAt))
        {
            return false;
        }

        if (!_fresh.TryGetValue(expiresAt, out var keys))
        {
            _fresh.Add(expiresAt, keys = new ArrayBufferWriter<byte>());
        }

        keys.Write(key);
        return true;
    }

    /// <summary>Writes the keys added since the last commit.</summary>
    /// <returns>The number of rows.</returns>
    public int Flush()
    {
        foreach (var (expiresAt, keys) in _fresh)
        {
            _insert.Bind(1, expiresAt).Bind(2, keys.WrittenSpan).Execute();
        }

        return _fresh.Count;
    }

    /// <summary>The changes are on disk.</summary>
    public void Keep()
    {
        _index.Keep();
        _fresh.Clear();
    }

    /// <summary>The changes since the last commit were rolled back.</summary>
    public void Forget()
    {
        _index.Forget();
        _fresh.Clear();
    }

    /// <summary>
    /// Deletes expired rows, the oldest first, at most so many. In memory, new keys replace them.
    /// </summary>
    public void Prune(DateTimeOffset now, int most) =>
        _prune.Bind(1, now.ToUnixTimeMilliseconds()).Bind(2, most).Execute();

    /// <summary>Deletes some keys from a row, on disk and in memory.</summary>
    /// <returns>The number of keys that the row held.</returns>
    public int Erase(long row, IReadOnlySet<UInt128> keys)
    {
        var stored = _find.Bind(1, row).Read() ? _find.Blob(0) : [];
        _find.Reset();
        var kept = new ArrayBufferWriter<byte>(Math.Max(stored.Length, KeyBytes));
        foreach (var key in stored.Chunk(KeyBytes))
        {
            if (keys.Contains(BinaryPrimitives.ReadUInt128BigEndian(key)))
            {
                _index.Erase(key);
            }
            else
            {
                kept.Write(key);
            }
        }

        _ =
            kept.WrittenCount == 0
                ? _delete.Bind(1, row).Execute()
                : _replace.Bind(1, row).Bind(2, kept.WrittenSpan).Execute();
        return (stored.Length - kept.WrittenCount) / KeyBytes;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _prune.Dispose();
        _find.Dispose();
        _replace.Dispose();
        _delete.Dispose();
    }
}
