using System.Text.Json;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox;

/// <summary>Where a chunk goes: what all events of one request to Meta have in common.</summary>
internal sealed record Destination(string Connection, MetaApi Api, string DatasetId, string? UploadTag);

/// <summary>The unit of storage, lease and delivery: the events of one commit for one destination.</summary>
/// <param name="Id">The chunk's number. Never reused.</param>
/// <param name="Lease">The caller's lease on the chunk.</param>
/// <param name="Destination">Where it goes.</param>
/// <param name="Events">Its events; at least one.</param>
/// <param name="Attempts">How many attempts were made to send it.</param>
/// <param name="CreatedAt">When it was stored.</param>
internal sealed record Chunk(
    long Id,
    Lease Lease,
    Destination Destination,
    IReadOnlyList<StoredEvent> Events,
    int Attempts,
    DateTimeOffset CreatedAt
);

/// <summary>One stored event.</summary>
/// <param name="Payload">The finished payload: one JSON object, sent byte for byte.</param>
/// <param name="ExpiresAt">When Meta's acceptance window for the event closes.</param>
/// <param name="Key">The deduplication key that it took, which is released when it fails or is erased.</param>
internal readonly record struct StoredEvent(
    ReadOnlyMemory<byte> Payload,
    DateTimeOffset ExpiresAt,
    DeduplicationKey Key = default
)
{
    /// <summary>The trace that it came in; <see langword="null"/> if that is not recorded.</summary>
    public TraceLink? Trace { get; init; }

    /// <summary>Its name and id, as far as its payload has them. The offline-events shape has no id.</summary>
    public PayloadEvent ReadEvent()
    {
        try
        {
            return PayloadReader.EventOf(Payload);
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException)
        {
            return default;
        }
    }
}
