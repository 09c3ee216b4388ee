using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox;

/// <summary>The end of one lease. Events that are neither kept nor buried were delivered.</summary>
/// <param name="Chunk">The leased chunk.</param>
/// <param name="Keep">Indexes of the events that stay, byte for byte.</param>
/// <param name="Due">When the kept events are due. The default leaves the due time as it is.</param>
/// <param name="Buried">
/// The events that move to the failed list. Their deduplication keys are released, so that they can be sent again.
/// </param>
/// <param name="CountAttempt">
/// Whether an attempt was made to send the chunk: false if the lease is only returned, or the events expired unsent.
/// </param>
internal sealed record ChunkSettlement(
    Chunk Chunk,
    IReadOnlyList<int> Keep,
    DateTimeOffset Due,
    IReadOnlyList<Burial> Buried,
    bool CountAttempt = true
)
{
    /// <summary>What Meta said when it accepted events. The journal keeps it.</summary>
    public IReadOnlyList<AcceptedRun> Accepted { get; init; } = [];

    /// <summary>What Meta said last to the kept events; <see langword="null"/> if it said nothing.</summary>
    public MetaAnswer? LastAnswer { get; init; }

    /// <summary>Every event was delivered.</summary>
    public static ChunkSettlement Delivered(Chunk chunk) => new(chunk, [], default, []);

    /// <summary>No event was delivered; all of them are tried again at the due time.</summary>
    public static ChunkSettlement Deferred(Chunk chunk, DateTimeOffset due) =>
        new(chunk, Enumerable.Range(0, chunk.Events.Count).ToArray(), due, []);

    /// <summary>The lease is returned without an attempt.</summary>
    public static ChunkSettlement Released(Chunk chunk) =>
        new(chunk, Enumerable.Range(0, chunk.Events.Count).ToArray(), default, [], CountAttempt: false);

    /// <summary>
    /// Checks that no event is named twice and that each exists. Every store does so before it settles.
    /// </summary>
    /// <exception cref="ArgumentException">The settlement is a defect of its caller.</exception>
    public static void RequireEachEventOnce(ChunkSettlement settlement)
    {
        var named = new bool[settlement.Chunk.Events.Count];
        foreach (var index in settlement.Keep.Concat(settlement.Buried.Select(burial => burial.Index)))
        {
            if ((uint)index >= (uint)named.Length || named[index])
            {
                throw new ArgumentException(
                    $"Event {index} of a chunk of {named.Length} is named twice or does not exist.",
                    nameof(settlement)
                );
            }

            named[index] = true;
        }
    }
}

/// <summary>Why one event of a chunk moves to the failed list.</summary>
/// <param name="Index">Its place in the chunk.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="Code">Meta's error code.</param>
/// <param name="Subcode">Meta's error subcode.</param>
/// <param name="Title">What the codes mean, in the service's own words.</param>
/// <param name="TraceId">Meta's <c>fbtrace_id</c>.</param>
/// <param name="Field">The path of the field that Meta's error names.</param>
internal sealed record Burial(
    int Index,
    string Reason,
    int? Code = null,
    int? Subcode = null,
    string? Title = null,
    string? TraceId = null,
    string? Field = null
)
{
    /// <summary>What Meta said; <see langword="null"/> if it said nothing.</summary>
    public MetaAnswer? Answer =>
        Code is null && TraceId is null ? null : new MetaAnswer(Code, Subcode, Title, TraceId, Field);
}

/// <summary>Whether the store accepted a settlement.</summary>
internal enum SettlementStatus
{
    /// <summary>It is on disk.</summary>
    Settled,

    /// <summary>
    /// The lease's token was no longer current: another caller has leased the chunk, or it was settled before. Nothing
    /// changed in the store.
    /// </summary>
    LeaseLost,
}
