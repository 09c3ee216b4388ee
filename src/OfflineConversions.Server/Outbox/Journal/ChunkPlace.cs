namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>The number of a chunk, which is known only when the chunk is complete.</summary>
internal sealed class ChunkNumber
{
    public long Value { get; set; }
}

/// <summary>Where an event was stored.</summary>
/// <param name="Chunk">Its chunk; <see langword="null"/> if it was not stored.</param>
/// <param name="Place">Its place in the chunk.</param>
internal readonly record struct ChunkPlace(ChunkNumber? Chunk, int Place);
