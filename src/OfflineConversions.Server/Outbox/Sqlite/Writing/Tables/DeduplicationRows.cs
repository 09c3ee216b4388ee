using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>
/// The deduplication keys of accepted deliveries, with their ends. They are looked up in memory (16 to 19 bytes per
/// key) and written by the transaction that writes their chunk, the keys of a commit in one row per end, so neither
/// survives a rollback without the other. A released key gets a row as well, because finding the row that holds it
/// would take reading the whole table. The newest row of a key counts.
/// </summary>
internal sealed class DeduplicationRows : IDisposable
{
    private const int KeyBytes = DeduplicationKey.StoredBytes;

    private readonly DeduplicationIndex _index;
    private readonly FreshKeys _taken = new(KeyRowKind.Taken);
    private readonly FreshKeys _released = new(KeyRowKind.Released);
    private readonly Statement _insert;
    private readonly Statement _prune;
    private readonly Statement _find;
    private readonly Statement _replace;
    private readonly Statement _delete;
    private readonly long _lastOfEveryConnection;

    /// <summary>Reads the keys in the file.</summary>
    public DeduplicationRows(SqliteConnection connection)
    {
        _insert = new Statement(connection, "INSERT INTO taken_keys (kind, expires_at, keys) VALUES (?1, ?2, ?3)");
        _prune = new Statement(
            connection,
            """
            DELETE FROM taken_keys
            WHERE id IN (SELECT id FROM taken_keys WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)
            """
        );
        _find = new Statement(connection, "SELECT kind, keys FROM taken_keys WHERE id = ?1");
        _replace = new Statement(connection, "UPDATE taken_keys SET keys = ?2 WHERE id = ?1");
        _delete = new Statement(connection, "DELETE FROM taken_keys WHERE id = ?1");

        using var bytes = new Statement(connection, "SELECT ifnull(sum(length(keys)), 0) FROM taken_keys");
        _index = new DeduplicationIndex(bytes.Scalar() / KeyBytes);
        using var rows = new Statement(connection, "SELECT kind, expires_at, keys FROM taken_keys ORDER BY id DESC");
        while (rows.Read())
        {
            var (kind, expiresAt) = ((KeyRowKind)rows.Integer(0), rows.Integer(1));
            if (kind == KeyRowKind.OfEveryConnection)
            {
                _lastOfEveryConnection = Math.Max(_lastOfEveryConnection, expiresAt);
            }

            _index.Load(rows.BlobSpan(2), kind == KeyRowKind.Released ? 0 : expiresAt);
        }
    }

    /// <summary>
    /// Whether keys from an earlier version, which hold for every connection, may still hold. Then an arriving event
    /// has two keys to check.
    /// </summary>
    public bool AnyOfEveryConnection(DateTimeOffset now) => now.ToUnixTimeMilliseconds() < _lastOfEveryConnection;

    /// <summary>Whether some delivery has the key now.</summary>
    public bool IsTaken(DeduplicationKey key, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key.Stored);
        return _index.Contains(bytes, now.ToUnixTimeMilliseconds());
    }

    /// <summary>Takes a key for a time; false if it is taken.</summary>
    /// <param name="key">The key.</param>
    /// <param name="now">The current time.</param>
    /// <param name="window">For how long.</param>
    /// <param name="taken">The key with its end, for the event that took it.</param>
    public bool TryTake(DeduplicationKey key, DateTimeOffset now, TimeSpan window, out DeduplicationKey taken)
    {
        taken = key.EndingAt(now + window);
        var end = taken.End.ToUnixTimeMilliseconds();
        Span<byte> bytes = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, taken.Stored);
        if (!_index.TryAdd(bytes, now.ToUnixTimeMilliseconds(), end))
        {
            return false;
        }

        _taken.Add(bytes, end);
        return true;
    }

    /// <summary>
    /// Releases the key that an event took, unless it has ended or another event has it by now. A key of an earlier
    /// version stays until its end: it does not show who has it.
    /// </summary>
    public void Release(DeduplicationKey key, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key.Stored);
        if (key.HasEnd && key.End > now && _index.Release(bytes, key.End.ToUnixTimeMilliseconds()))
        {
            _released.Add(bytes, key.End.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Releases a key of an earlier version, whose only holder is the caller's.</summary>
    public void ReleaseOfEveryConnection(DeduplicationKey key, DateTimeOffset now)
    {
        if (key.Scope != DeduplicationScope.EveryConnection || !AnyOfEveryConnection(now))
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key.Stored);
        if (_index.Release(bytes, expiresAt: null))
        {
            // The end of the last of them: the row must not be deleted before that which holds the key.
            _released.Add(bytes, _lastOfEveryConnection);
        }
    }

    /// <summary>Writes the keys that were taken and released since the last commit.</summary>
    /// <returns>The number of rows.</returns>
    /// <remarks>A key that is released and taken again in one transaction is taken: its newest row counts.</remarks>
    public int Flush() => _released.Insert(_insert) + _taken.Insert(_insert);

    /// <summary>The changes are on disk.</summary>
    public void Keep()
    {
        _index.Keep();
        _taken.Clear();
        _released.Clear();
    }

    /// <summary>The changes since the last commit were rolled back.</summary>
    public void Forget()
    {
        _index.Forget();
        _taken.Clear();
        _released.Clear();
    }

    /// <summary>
    /// Deletes rows that have ended, the oldest first, at most so many. In memory, new keys replace them.
    /// </summary>
    public void Prune(DateTimeOffset now, int most) =>
        _prune.Bind(1, now.ToUnixTimeMilliseconds()).Bind(2, most).Execute();

    /// <summary>Deletes some keys from a row, on disk and in memory.</summary>
    /// <returns>The number of taken keys that the row held.</returns>
    public int Erase(long row, IReadOnlySet<UInt128> keys)
    {
        var (kind, stored) = _find.Bind(1, row).Read()
            ? ((KeyRowKind)_find.Integer(0), _find.Blob(1))
            : (KeyRowKind.Released, []);
        _find.Reset();
        var kept = new ArrayBufferWriter<byte>(Math.Max(stored.Length, KeyBytes));
        foreach (var bytes in stored.Chunk(KeyBytes))
        {
            var key = new DeduplicationKey(default, BinaryPrimitives.ReadUInt128BigEndian(bytes));
            if (!keys.Contains(key.Stored))
            {
                kept.Write(bytes);
            }
            else if (kind != KeyRowKind.Released)
            {
                _index.Release(bytes, kind == KeyRowKind.Taken ? key.End.ToUnixTimeMilliseconds() : null);
            }
        }

        _ =
            kept.WrittenCount == 0
                ? _delete.Bind(1, row).Execute()
                : _replace.Bind(1, row).Bind(2, kept.WrittenSpan).Execute();
        return kind == KeyRowKind.Released ? 0 : (stored.Length - kept.WrittenCount) / KeyBytes;
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
