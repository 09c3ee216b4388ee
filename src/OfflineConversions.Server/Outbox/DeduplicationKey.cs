using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The key that marks repeats of one delivery: part of a SHA-256, so that the store holds no event name or id in clear
/// text. An event carries the key that it took, so that the key can be released when the event fails or is erased.
/// </summary>
/// <param name="Scope">Which deliveries share keys with this one.</param>
/// <param name="Stored">
/// What the store keeps. For a connection or a group: the first 12 bytes of the digest, then the Unix second at which
/// the key ends. For every connection: the first 16 bytes of the digest. Big-endian.
/// </param>
internal readonly record struct DeduplicationKey(DeduplicationScope Scope, UInt128 Stored)
{
    /// <summary>The size of a stored key.</summary>
    public const int StoredBytes = 16;

    private const int EndBits = 32;

    /// <summary>The key of an event that is not deduplicated.</summary>
    public static DeduplicationKey None => default;

    /// <summary>Whether the event is deduplicated.</summary>
    public bool Exists => Scope != DeduplicationScope.None;

    /// <summary>
    /// Whether the key names its own end. Then it can be told apart from the same key that a later event took.
    /// </summary>
    public bool HasEnd => Scope is DeduplicationScope.Connection or DeduplicationScope.Group;

    /// <summary>The part that two deliveries of the same kind have in common.</summary>
    public UInt128 Digest => Stored >> EndBits;

    /// <summary>When the key ends, if it names its end.</summary>
    public DateTimeOffset End => DateTimeOffset.FromUnixTimeSeconds((uint)Stored);

    /// <summary>The key with an end, rounded up to a whole second.</summary>
    public DeduplicationKey EndingAt(DateTimeOffset end)
    {
        var second = (end.ToUnixTimeMilliseconds() + 999) / 1000;
        return this with { Stored = (Digest << EndBits) | (uint)Math.Clamp(second, 0, uint.MaxValue) };
    }

    /// <summary>
    /// The key of an entry, without its end; none if its connection does not deduplicate. The scope is part of the
    /// digest, so a group and a connection of the same name share nothing.
    /// </summary>
    public static DeduplicationKey Of(OutboxEntry entry)
    {
        if (entry.DeduplicationWindow <= TimeSpan.Zero)
        {
            return None;
        }

        var (scope, owner) = entry.DeduplicationGroup is { } group
            ? (DeduplicationScope.Group, group)
            : (DeduplicationScope.Connection, entry.Connection);
        var delivery = entry.Delivery;
        return Of(scope, owner, delivery.DatasetId, delivery.EventName, delivery.EventId);
    }

    /// <summary>The key of a delivery of a connection or a group, without its end.</summary>
    public static DeduplicationKey Of(
        DeduplicationScope scope,
        string owner,
        string dataset,
        string eventName,
        string eventId
    ) => new(scope, Hash((byte)scope, [owner, dataset, eventName, eventId]) >> EndBits << EndBits);

    /// <summary>The key that earlier versions gave a delivery, whatever its connection.</summary>
    public static DeduplicationKey OfEveryConnection(string dataset, string eventName, string eventId) =>
        new(DeduplicationScope.EveryConnection, Hash(domain: null, [dataset, eventName, eventId]));

    /// <summary>The first 16 bytes of the SHA-256 of texts with a zero byte between them.</summary>
    private static UInt128 Hash(byte? domain, ReadOnlySpan<string> texts)
    {
        var most = 1;
        foreach (var text in texts)
        {
            most += Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(most);
        var length = 0;
        if (domain is { } first)
        {
            buffer[length++] = first;
        }

        foreach (var text in texts)
        {
            length += Encoding.UTF8.GetBytes(text, buffer.AsSpan(length));
            buffer[length++] = 0;
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.AsSpan(0, length - 1), digest);
        ArrayPool<byte>.Shared.Return(buffer);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}

/// <summary>Which deliveries share deduplication keys. Stored as a byte; a value never changes its meaning.</summary>
internal enum DeduplicationScope : byte
{
    /// <summary>The event has no key.</summary>
    None = 0,

    /// <summary>
    /// The key is made of dataset, event name and event id, and holds for every connection. Earlier versions made such
    /// keys; this one honours them until they end.
    /// </summary>
    EveryConnection = 1,

    /// <summary>The key is also made of the connection's name.</summary>
    Connection = 2,

    /// <summary>The key is also made of the name of the connection's <c>DeduplicationGroup</c>.</summary>
    Group = 3,
}
