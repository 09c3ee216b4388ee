using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox;

/// <summary>One delivery to store.</summary>
/// <param name="Connection">The connection it belongs to.</param>
/// <param name="Api">The shape of its payload.</param>
/// <param name="ChunkEvents">How many events one chunk may hold: the connection's batch size.</param>
/// <param name="DeduplicationWindow">
/// How long the same dataset, event name and event id count as a duplicate on the connection or in its group; zero
/// turns deduplication off.
/// </param>
/// <param name="Delivery">The delivery itself.</param>
internal sealed record OutboxEntry(
    string Connection,
    MetaApi Api,
    int ChunkEvents,
    TimeSpan DeduplicationWindow,
    EventDelivery Delivery
)
{
    /// <summary>
    /// The connections with this group recognise each other's deliveries. <see langword="null"/>: the connection has
    /// its deduplication to itself.
    /// </summary>
    public string? DeduplicationGroup { get; init; }

    /// <summary>The trace that it comes in; <see langword="null"/> if that is not recorded.</summary>
    public TraceLink? Trace { get; init; }
}

/// <summary>The outcome of an append.</summary>
internal enum AppendStatus
{
    /// <summary>The entries are on disk.</summary>
    Stored,

    /// <summary>
    /// Nothing was stored, because the disk is full or failing, the queue is over its limit, or the outbox is closing.
    /// Try again later.
    /// </summary>
    Unavailable,
}

/// <summary>The outcome of an append, entry by entry.</summary>
/// <param name="Status">Whether the entries are on disk.</param>
/// <param name="Stored">One flag per entry, in order: false marks a duplicate. Empty if unavailable.</param>
/// <param name="RetryAfter">How long to wait before the next attempt, if unavailable.</param>
internal readonly record struct AppendResult(AppendStatus Status, IReadOnlyList<bool> Stored, TimeSpan RetryAfter)
{
    /// <summary>
    /// One flag per entry if anyone is suppressed, else empty: true marks an entry that was not stored because its
    /// person was erased.
    /// </summary>
    public IReadOnlyList<bool> Erased { get; init; } = [];
}
