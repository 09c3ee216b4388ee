using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The key that marks repeats of one delivery: half a SHA-256, so that the store holds no event name or id in clear
/// text. An event carries its key, so that an erasure or an operator can release it.
/// </summary>
/// <param name="Scope">Which deliveries share keys with this one.</param>
/// <param name="Digest">The first 16 bytes of the digest, big-endian.</param>
internal readonly record struct DeduplicationKey(DeduplicationScope Scope, UInt128 Digest)
{
    /// <summary>The size of a stored digest.</summary>
    public const int DigestBytes = 16;

    /// <summary>The key of an event that is not deduplicated.</summary>
    public static DeduplicationKey None => default;

    /// <summary>Whether the event is deduplicated.</summary>
    public bool Exists => Scope != DeduplicationScope.None;

    /// <summary>The key of a delivery that counts as a repeat on whatever connection it arrives.</summary>
    public static DeduplicationKey Of(string dataset, string eventName, string eventId)
    {
        var most = Encoding.UTF8.GetMaxByteCount(dataset.Length + eventName.Length + eventId.Length) + 2;
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(dataset, buffer);
        buffer[length++] = 0;
        length += Encoding.UTF8.GetBytes(eventName, buffer.AsSpan(length));
        buffer[length++] = 0;
        length += Encoding.UTF8.GetBytes(eventId, buffer.AsSpan(length));

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.AsSpan(0, length), digest);
        ArrayPool<byte>.Shared.Return(buffer);
        return new DeduplicationKey(
            DeduplicationScope.AllConnections,
            BinaryPrimitives.ReadUInt128BigEndian(digest[..DigestBytes])
        );
    }

    /// <summary>The key of an entry; none if its connection does not deduplicate.</summary>
    public static DeduplicationKey Of(OutboxEntry entry) =>
        entry.DeduplicationWindow > TimeSpan.Zero
            ? Of(entry.Delivery.DatasetId, entry.Delivery.EventName, entry.Delivery.EventId)
            : None;
}

/// <summary>Which deliveries share deduplication keys. Stored as a byte; a value never changes its meaning.</summary>
internal enum DeduplicationScope : byte
{
    /// <summary>The event has no key.</summary>
    None = 0,

    /// <summary>The key is made of dataset, event name and event id, and holds for every connection.</summary>
    AllConnections = 1,
}
