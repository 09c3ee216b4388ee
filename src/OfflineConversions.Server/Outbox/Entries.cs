using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Outbox;

/// <summary>One delivery to store.</summary>
/// <param name="Connection">The connection it belongs to.</param>
/// <param name="Api">The shape of its payload.</param>
/// <param name="ChunkEvents">How many events one chunk may hold: the connection's batch size.</param>
/// <param name="DeduplicationWindow">
/// For how long the same (dataset, event name, event id) is a duplicate; zero turns it off.
/// </param>
/// <param name="Delivery">The delivery itself.</param>
internal sealed record OutboxEntry(
    string Connection,
    MetaApi Api,
    int ChunkEvents,
    TimeSpan DeduplicationWindow,
    EventDelivery Delivery
);

/// <summary>What became of an append.</summary>
internal enum AppendStatus
{
    /// <summary>On disk.</summary>
    Stored,

    /// <summary>
    /// Nothing was stored: the disk is full or failing, the queue is over its limit, or the outbox is closing. Try
    /// again later.
    /// </summary>
    Unavailable,
}

/// <summary>The answer to an append.</summary>
/// <param name="Status">Whether the entries are on disk.</param>
/// <param name="Stored">One flag an entry, in order: false marks a duplicate. Empty when unavailable.</param>
/// <param name="RetryAfter">When to try again, where unavailable.</param>
internal readonly record struct AppendResult(AppendStatus Status, IReadOnlyList<bool> Stored, TimeSpan RetryAfter)
{
    /// <summary>
    /// One flag an entry where anybody is suppressed, else empty: true marks one that was not stored because its person
    /// was erased.
    /// </summary>
    public IReadOnlyList<bool> Erased { get; init; } = [];
}

/// <summary>Where a chunk goes: what one request to Meta can have in common.</summary>
internal sealed record Destination(string Connection, MetaApi Api, string DatasetId, string? UploadTag);

/// <summary>The unit of storage, lease and delivery: what one commit held for one destination.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Destination">Where it goes.</param>
/// <param name="Events">The finished payloads, one JSON object each.</param>
/// <param name="Attempts">How often sending it was tried before.</param>
/// <param name="CreatedAt">When it was stored.</param>
/// <param name="ExpiresAt">When Meta's acceptance window closes for the first of its events.</param>
internal sealed record Chunk(
    long Id,
    Destination Destination,
    IReadOnlyList<ReadOnlyMemory<byte>> Events,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
);

/// <summary>What to lease.</summary>
/// <param name="Connection">Whose chunks.</param>
/// <param name="MaxEvents">How many events at most (one chunk may exceed it).</param>
/// <param name="MaxBytes">How many payload bytes at most (one chunk may exceed it).</param>
/// <param name="StoredSince">Only chunks stored at this time or later; <see langword="null"/> asks for all.</param>
internal readonly record struct LeaseRequest(
    string Connection,
    int MaxEvents,
    long MaxBytes,
    DateTimeOffset? StoredSince = null
);

/// <summary>The end of one lease. Events neither kept nor buried were delivered.</summary>
/// <param name="Chunk">The leased chunk.</param>
/// <param name="Keep">Indexes of the events that stay, byte for byte.</param>
/// <param name="Due">When the kept ones are due.</param>
/// <param name="Buried">The events that move to the failed list.</param>
/// <param name="CountAttempt">
/// Whether the chunk was tried: false where a lease is merely given back, or its events expired unsent.
/// </param>
internal sealed record ChunkSettlement(
    Chunk Chunk,
    IReadOnlyList<int> Keep,
    DateTimeOffset Due,
    IReadOnlyList<Burial> Buried,
    bool CountAttempt = true
)
{
    /// <summary>Everything was delivered.</summary>
    public static ChunkSettlement Delivered(Chunk chunk) => new(chunk, [], default, []);

    /// <summary>Nothing was delivered; all of it is tried again at the due time.</summary>
    public static ChunkSettlement Deferred(Chunk chunk, DateTimeOffset due) =>
        new(chunk, Enumerable.Range(0, chunk.Events.Count).ToArray(), due, []);

    /// <summary>The lease is given back untried.</summary>
    public static ChunkSettlement Released(Chunk chunk) =>
        new(chunk, Enumerable.Range(0, chunk.Events.Count).ToArray(), default, [], CountAttempt: false);
}

/// <summary>Why one event of a chunk moves to the failed list.</summary>
/// <param name="Index">Its place in the chunk.</param>
/// <param name="Reason">Our reason code.</param>
/// <param name="Code">Meta's error code.</param>
/// <param name="Subcode">Meta's error subcode.</param>
/// <param name="Title">Meta's error title; may be localised.</param>
/// <param name="TraceId">Meta's <c>fbtrace_id</c>.</param>
internal sealed record Burial(
    int Index,
    string Reason,
    int? Code = null,
    int? Subcode = null,
    string? Title = null,
    string? TraceId = null
);

/// <summary>How much of a connection waits.</summary>
internal sealed record Backlog(string Connection, long Events, long Bytes, DateTimeOffset OldestCreatedAt);

/// <summary>When Meta last took events of a connection.</summary>
internal sealed record LastDelivery(string Connection, DateTimeOffset At);

/// <summary>A connection that an operator has paused, and when.</summary>
internal sealed record PausedConnection(string Connection, DateTimeOffset Since);

/// <summary>One event of the failed list, hashed as it was sent.</summary>
internal sealed record FailedEvent(
    long Id,
    Destination Destination,
    DateTimeOffset FailedAt,
    int Attempts,
    Burial Burial,
    ReadOnlyMemory<byte> Payload
);

/// <summary>What an erasure removed.</summary>
/// <param name="Pending">Events that waited for delivery.</param>
/// <param name="Failed">Events of the failed list.</param>
/// <param name="DeduplicationKeys">The keys of those events.</param>
/// <param name="InFlight">Events that were being sent: delivered by now, or gone when their attempt has failed.</param>
internal readonly record struct ErasedEvents(long Pending, long Failed, long DeduplicationKeys, long InFlight);

/// <summary>Whether the outbox can take events.</summary>
/// <param name="Ready">True when it can.</param>
/// <param name="Problem">What is wrong, for the operator.</param>
internal readonly record struct OutboxHealth(bool Ready, string? Problem);
