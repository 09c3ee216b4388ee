using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// Collects what one transaction adds for each destination, as few chunks as their limits allow.
/// </summary>
internal sealed class FreshChunks
{
    /// <summary>A chunk is read into memory whole and goes out in one request.</summary>
    private const int MaxChunkBytes = 1_000_000;

    /// <summary>How many builders keep their memory for later transactions: one for each writer.</summary>
    private const int MostSpare = GroupCommit.Writers;

    // A builder grows to the size of a chunk. Without these, the memory that each commit leaves behind would keep the
    // garbage collector busy.
    private static readonly ConcurrentBag<ChunkBuilder> Spare = [];

    private readonly Dictionary<Destination, BuildingChunk> _building = [];
    private readonly List<FreshChunk> _complete = [];
    private DateTimeOffset _now;

    /// <summary>Adds one new event.</summary>
    /// <returns>Where the event is stored.</returns>
    public ChunkPlace Add(Destination destination, StoredEvent stored, int chunkEvents, DateTimeOffset now)
    {
        if (!_building.TryGetValue(destination, out var chunk))
        {
            chunk = new BuildingChunk(Spare.TryTake(out var spare) ? spare : new ChunkBuilder());
            _building.Add(destination, chunk);
        }

        var content = chunk.Content;
        if (
            content.Events > 0
            && (content.Events >= chunkEvents || content.PayloadBytes + stored.Payload.Length > MaxChunkBytes)
        )
        {
            Complete(destination, chunk, now);
        }

        content.Add(stored);
        _now = now;
        return new ChunkPlace(chunk.Number, content.Events - 1);
    }

    /// <summary>Adds a chunk with what remains of an older one.</summary>
    /// <returns>Its number.</returns>
    public ChunkNumber Add(Chunk remainder, DateTimeOffset due, int attempts)
    {
        var number = new ChunkNumber();
        var chunk = new ChunkBuilder();
        foreach (var stored in remainder.Events)
        {
            chunk.Add(stored);
        }

        _complete.Add(FreshChunk.Of(number, remainder.Destination, chunk, remainder.CreatedAt, due, attempts));
        return number;
    }

    /// <summary>Everything that was added since the last call.</summary>
    public List<FreshChunk> Take()
    {
        foreach (var (destination, chunk) in _building)
        {
            Complete(destination, chunk, _now);
            if (Spare.Count < MostSpare)
            {
                Spare.Add(chunk.Content);
            }
        }

        List<FreshChunk> taken = [.. _complete];
        _building.Clear();
        _complete.Clear();
        return taken;
    }

    private void Complete(Destination destination, BuildingChunk chunk, DateTimeOffset now)
    {
        _complete.Add(FreshChunk.Of(chunk.Number, destination, chunk.Content, now, now, attempts: 0));
        chunk.Content.Clear();
        chunk.Number = new ChunkNumber();
    }

    private sealed class BuildingChunk(ChunkBuilder content)
    {
        public ChunkBuilder Content => content;

        public ChunkNumber Number { get; set; } = new();
    }
}

/// <summary>A chunk that is about to be written.</summary>
internal sealed record FreshChunk(
    ChunkNumber Number,
    Destination Destination,
    byte[] Content,
    int Events,
    int PayloadBytes,
    DateTimeOffset CreatedAt,
    DateTimeOffset Due,
    int Attempts
)
{
    // As many as transactions complete chunks at the same time; each has buffers that are worth keeping.
    private static readonly ConcurrentBag<ChunkCompression> Spare = [];

    /// <summary>Completes what a builder holds.</summary>
    public static FreshChunk Of(
        ChunkNumber number,
        Destination destination,
        ChunkBuilder chunk,
        DateTimeOffset createdAt,
        DateTimeOffset due,
        int attempts
    )
    {
        var compression = Spare.TryTake(out var spare) ? spare : new ChunkCompression();
        var content = chunk.Complete(DestinationRow.Of(destination).Digest, compression).ToArray();
        Spare.Add(compression);
        return new FreshChunk(number, destination, content, chunk.Events, chunk.PayloadBytes, createdAt, due, attempts);
    }
}
