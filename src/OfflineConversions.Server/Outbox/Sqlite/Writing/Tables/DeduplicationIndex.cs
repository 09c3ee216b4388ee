using System.Buffers.Binary;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>
/// Keys with an expiry, at 16 to 19 bytes per key. The digest's first twelve bits choose one of 4,096 small tables,
/// each of which grows on its own, so there is never a second copy of all keys and no pause to move them. Changes since
/// the last <see cref="Keep"/> can be undone. Belongs to the writer's thread.
/// </summary>
/// <remarks>
/// 76 bits of the digest distinguish keys. With ten million keys, the chance that any two of them collide is less than
/// one in a billion.
/// </remarks>
/// <param name="expected">The number of keys about to be loaded: memory for them is taken at once.</param>
internal sealed class DeduplicationIndex(long expected = 0)
{
    private const int TableBits = 12;

    /// <summary>The expiry of a key that is no longer there; any time has passed it.</summary>
    private const uint Released = 1;

    private readonly List<Change> _changes = [];
    private readonly KeyTable[] _tables = Tables((int)(expected >> TableBits));

    /// <summary>
    /// Adds a key until a time; false if it is there already and has not expired. Times are in Unix milliseconds.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> key, long now, long expiresAt)
    {
        var (table, digest) = Place(key);
        ref var expiry = ref table.FindOrAdd(digest, Second(now));
        if (expiry > Second(now))
        {
            return false;
        }

        _changes.Add(new Change(table, digest, expiry));
        expiry = Second(expiresAt + 999);
        return true;
    }

    /// <summary>Whether a key is there and has not expired.</summary>
    public bool Contains(ReadOnlySpan<byte> key, long now)
    {
        var (table, digest) = Place(key);
        return table.ExpiryOf(digest) > Second(now);
    }

    /// <summary>
    /// Adds keys of the file, one after the other, unless younger rows have decided about them.
    /// </summary>
    /// <param name="keys">The keys, <see cref="DeduplicationKey.StoredBytes"/> each.</param>
    /// <param name="expiresAt">Their expiry; zero marks keys that were released.</param>
    public void Load(ReadOnlySpan<byte> keys, long expiresAt)
    {
        var second = expiresAt == 0 ? Released : Second(expiresAt + 999);
        for (; keys.Length >= DeduplicationKey.StoredBytes; keys = keys[DeduplicationKey.StoredBytes..])
        {
            var (table, digest) = Place(keys);

            // Nothing is dropped while loading: an expired or released key decides about older rows.
            ref var expiry = ref table.FindOrAdd(digest, now: 0);
            expiry = expiry == 0 ? second : expiry;
        }
    }

    /// <summary>Removes a key if it is there with this expiry, or with any if none is given.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Release(ReadOnlySpan<byte> key, long? expiresAt)
    {
        var (table, digest) = Place(key);
        var expiry = table.ExpiryOf(digest);
        if (expiry == 0 || (expiresAt is { } end && expiry != Second(end + 999)))
        {
            return false;
        }

        _changes.Add(new Change(table, digest, expiry));
        table.FindOrAdd(digest, now: 0) = Released;
        return true;
    }

    /// <summary>Makes the changes permanent.</summary>
    public void Keep() => _changes.Clear();

    /// <summary>Undoes the changes since the last <see cref="Keep"/>.</summary>
    public void Forget()
    {
        for (var index = _changes.Count - 1; index >= 0; index--)
        {
            var (table, digest, before) = _changes[index];
            table.FindOrAdd(digest, now: 0) = Math.Max(before, Released);
        }

        _changes.Clear();
    }

    private static KeyTable[] Tables(int keys)
    {
        var tables = new KeyTable[1 << TableBits];
        for (var index = 0; index < tables.Length; index++)
        {
            tables[index] = new KeyTable(keys);
        }

        return tables;
    }

    private static uint Second(long milliseconds) => (uint)Math.Clamp(milliseconds / 1000, Released, uint.MaxValue);

    /// <summary>The table of a key, and the 64 bits that distinguish it there.</summary>
    private Placed Place(ReadOnlySpan<byte> key) =>
        new(
            _tables[BinaryPrimitives.ReadUInt16BigEndian(key) >> (16 - TableBits)],
            BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(uint)..])
        );

    private readonly record struct Placed(KeyTable Table, ulong Digest);

    /// <param name="Table">Where the key is.</param>
    /// <param name="Digest">The key.</param>
    /// <param name="Before">Its expiry before the change; zero if it was not there.</param>
    private readonly record struct Change(KeyTable Table, ulong Digest, uint Before);
}
