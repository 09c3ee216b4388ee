using System.Buffers.Binary;
using System.IO.Hashing;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The stored form of a chunk. The byte table and its reasons are in <c>Outbox/Sqlite/README.md</c>.
/// Numbers are little-endian:
/// <code>
/// version 1 | codec 1 | checksum 8 | events 4 | payloads … | per event: end 4, expiry 8, scope 1, key 16
/// </code>
/// Version 2 is the same with <see cref="ChunkTraces"/> at the end; it is written only for events of recorded traces.
/// The codec says whether the payloads are stored as they are or compressed, all of them as one Zstandard frame.
/// The checksum is XxHash3 over everything after it, with <see cref="DestinationDigest"/> as its seed. It finds damage,
/// not forgery.
/// </summary>
internal static class ChunkFormat
{
    /// <summary>The version of a chunk without trace links.</summary>
    public const byte Version = 1;

    /// <summary>
    /// The version of a chunk with trace links. Two bits differ, so that no flipped bit makes one of the other.
    /// </summary>
    public const byte TracedVersion = 2;

    /// <summary>The codec of payloads that are stored as they are.</summary>
    public const byte Uncompressed = 0;

    /// <summary>
    /// The codec of payloads that are compressed with Zstandard. Two bits differ from <see cref="Uncompressed"/>, so
    /// that no flipped bit makes one of the other.
    /// </summary>
    public const byte Zstandard = 3;

    /// <summary>The bytes before the payloads.</summary>
    public const int HeaderBytes = ChecksumEnd + sizeof(int);

    /// <summary>The bytes that describe one event, after the payloads.</summary>
    public const int EntryBytes = sizeof(int) + sizeof(long) + 1 + DeduplicationKey.StoredBytes;

    /// <summary>More than any chunk holds.</summary>
    public const int MostEvents = 10_000;

    private const int ChecksumStart = 2;
    private const int ChecksumEnd = ChecksumStart + sizeof(ulong);

    /// <summary>Fills in the header of a chunk whose payloads and entries are in place.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="events">How many events it holds.</param>
    /// <param name="destination">The digest of its destination.</param>
    /// <param name="codec">How its payloads are stored.</param>
    /// <param name="version">Whether it has trace links.</param>
    public static void WriteHeader(
        Span<byte> chunk,
        int events,
        long destination,
        byte codec = Uncompressed,
        byte version = Version
    )
    {
        chunk[0] = version;
        chunk[1] = codec;
        BinaryPrimitives.WriteInt32LittleEndian(chunk[ChecksumEnd..], events);
        BinaryPrimitives.WriteUInt64LittleEndian(chunk[ChecksumStart..], Checksum(chunk, destination));
    }

    /// <summary>Describes one event.</summary>
    /// <param name="entry">Where to write; <see cref="EntryBytes"/> long.</param>
    /// <param name="end">Where its payload ends, counted from the first payload.</param>
    /// <param name="expiresAt">When Meta's acceptance window for it closes.</param>
    /// <param name="key">Its deduplication key.</param>
    public static void WriteEntry(Span<byte> entry, int end, DateTimeOffset expiresAt, DeduplicationKey key)
    {
        BinaryPrimitives.WriteInt32LittleEndian(entry, end);
        BinaryPrimitives.WriteInt64LittleEndian(entry[4..], expiresAt.ToUnixTimeMilliseconds());
        entry[12] = (byte)key.Scope;
        BinaryPrimitives.WriteUInt128BigEndian(entry[13..], key.Stored);
    }

    /// <summary>Reads a chunk, or says why that is not possible. Never throws, whatever the bytes are.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="destination">The digest of the destination that it is read for.</param>
    public static ChunkContent Read(byte[] chunk, long destination)
    {
        if (chunk.Length < HeaderBytes || chunk[0] is not (Version or TracedVersion))
        {
            return ChunkContent.Unreadable(ChunkDamage.UnknownVersion);
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(chunk.AsSpan(ChecksumStart)) != Checksum(chunk, destination))
        {
            return ChunkContent.Unreadable(ChunkDamage.WrongChecksum);
        }

        if (chunk[1] is not (Uncompressed or Zstandard))
        {
            return ChunkContent.Unreadable(ChunkDamage.UnknownCodec);
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(chunk.AsSpan(ChecksumEnd));
        var traceBytes = chunk[0] == TracedVersion ? ChunkTraces.Length(chunk.AsSpan(HeaderBytes)) : 0;
        var payloadBytes = chunk.Length - HeaderBytes - ((long)count * EntryBytes) - traceBytes;
        if (count <= 0 || payloadBytes <= 0 || traceBytes < 0)
        {
            return ChunkContent.Unreadable(ChunkDamage.Malformed);
        }

        var stored = chunk.AsMemory(HeaderBytes, (int)payloadBytes);
        var entries = chunk.AsSpan(HeaderBytes + (int)payloadBytes, count * EntryBytes);
        var end = BinaryPrimitives.ReadInt32LittleEndian(entries[^EntryBytes..]);
        return (chunk[1] == Uncompressed ? stored : ChunkCompression.Decompress(stored.Span, end)) is { } payloads
            ? ReadEvents(payloads, entries, chunk.AsSpan(chunk.Length - traceBytes), count)
            : ChunkContent.Unreadable(ChunkDamage.Malformed);
    }

    /// <summary>
    /// The deduplication keys at the end of a damaged chunk. How many there are may be damaged too, so all bytes are
    /// read that can be descriptions; some of them are none.
    /// </summary>
    public static IReadOnlyList<DeduplicationKey> ReadKeys(ReadOnlySpan<byte> chunk)
    {
        var keys = new List<DeduplicationKey>();
        while (keys.Count < MostEvents && chunk.Length >= HeaderBytes + EntryBytes)
        {
            keys.Add(ReadKey(chunk[^EntryBytes..]));
            chunk = chunk[..^EntryBytes];
        }

        return keys;
    }

    /// <summary>
    /// A stored time in Unix milliseconds. A value beyond the calendar, which only a damaged row has, becomes its
    /// limit.
    /// </summary>
    public static DateTimeOffset ReadTime(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Clamp(
                milliseconds,
                DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
                DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            )
        );

    private static ChunkContent ReadEvents(
        ReadOnlyMemory<byte> payloads,
        ReadOnlySpan<byte> entries,
        ReadOnlySpan<byte> traces,
        int count
    )
    {
        var events = new StoredEvent[count];
        var start = 0;
        for (var index = 0; index < count; index++)
        {
            var entry = entries.Slice(index * EntryBytes, EntryBytes);
            var end = BinaryPrimitives.ReadInt32LittleEndian(entry);
            if (end <= start || end > payloads.Length)
            {
                return ChunkContent.Unreadable(ChunkDamage.Malformed);
            }

            events[index] = new StoredEvent(
                payloads[start..end],
                ReadTime(BinaryPrimitives.ReadInt64LittleEndian(entry[4..])),
                ReadKey(entry)
            );
            start = end;
        }

        return start == payloads.Length && (traces.IsEmpty || ChunkTraces.TryApply(traces, events))
            ? new ChunkContent(events)
            : ChunkContent.Unreadable(ChunkDamage.Malformed);
    }

    private static DeduplicationKey ReadKey(ReadOnlySpan<byte> entry) =>
        new((DeduplicationScope)entry[12], BinaryPrimitives.ReadUInt128BigEndian(entry[13..]));

    private static ulong Checksum(ReadOnlySpan<byte> chunk, long destination) =>
        XxHash3.HashToUInt64(chunk[ChecksumEnd..], destination);
}

/// <summary>A chunk as read from the store.</summary>
/// <param name="Events">Its events; if it is damaged, those that are known to be intact.</param>
/// <param name="Damage">Why it cannot be read.</param>
internal readonly record struct ChunkContent(IReadOnlyList<StoredEvent> Events, ChunkDamage Damage = ChunkDamage.None)
{
    /// <summary>Whether the events can be sent.</summary>
    public bool IsReadable => Damage == ChunkDamage.None;

    /// <summary>A chunk that cannot be read.</summary>
    /// <param name="damage">Why.</param>
    /// <param name="intact">Its intact events.</param>
    public static ChunkContent Unreadable(ChunkDamage damage, params IReadOnlyList<StoredEvent> intact) =>
        new(intact, damage);
}

/// <summary>Why a stored chunk cannot be read. Such a chunk is never sent.</summary>
internal enum ChunkDamage
{
    /// <summary>It can be read.</summary>
    None,

    /// <summary>It does not begin with a version that this program reads.</summary>
    UnknownVersion,

    /// <summary>Its payloads are compressed in a way that this program does not read.</summary>
    UnknownCodec,

    /// <summary>Its bytes or its destination have changed since it was written.</summary>
    WrongChecksum,

    /// <summary>Its events cannot be told apart.</summary>
    Malformed,

    /// <summary>The API of its destination is unknown.</summary>
    UnknownDestination,

    /// <summary>It is encrypted, and its key is missing or its bytes have changed.</summary>
    Undecryptable,
}
