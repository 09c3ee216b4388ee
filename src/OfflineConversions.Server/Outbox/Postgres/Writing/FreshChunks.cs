using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// Collects what one transaction adds for each destination, as few chunks as their limits allow.
/// </summary>
internal sealed class FreshChunks
{
    /// <summary>A chunk is read into memory whole and goes out in one request.</summary>
    private const int MaxChunkBytes = 1_000_000;

    private readonly Dictionary<Destination, ChunkBuilder> _building = [];
    private readonly List<FreshChunk> _complete = [];
    private DateTimeOffset _now;

    /// <summary>Adds one new event.</summary>
    public void Add(Destination destination, StoredEvent stored, int chunkEvents, DateTimeOffset now)
    {
        if (!_building.TryGetValue(destination, out var chunk))
        {
            _building.Add(destination, chunk = new ChunkBuilder());
        }

        if (
            chunk.Events > 0
            && (chunk.Events >= chunkEvents || chunk.PayloadBytes + stored.Payload.Length > MaxChunkBytes)
        )
        {
            Complete(destination, chunk, now);
        }

        chunk.Add(stored);
        _now = now;
    }

    /// <summary>Adds a chunk with what remains of an older one.</summary>
    public void Add(Chunk remainder, DateTimeOffset due, int attempts)
    {
        var chunk = new ChunkBuilder();
        foreach (var stored in remainder.Events)
        {
            chunk.Add(stored);
        }

        _complete.Add(FreshChunk.Of(remainder.Destination, chunk, remainder.CreatedAt, due, attempts));
    }

    /// <summary>Everything that was added since the last call.</summary>
    public List<FreshChunk> Take()
    {
        foreach (var (destination, chunk) in _building)
        {
            Complete(destination, chunk, _now);
        }

        List<FreshChunk> taken = [.. _complete];
        _building.Clear();
        _complete.Clear();
        return taken;
    }

    private void Complete(Destination destination, ChunkBuilder chunk, DateTimeOffset now)
    {
        _complete.Add(FreshChunk.Of(destination, chunk, now, now, attempts: 0));
        chunk.Clear();
    }
}

/// <summary>A chunk that is about to be written.</summary>
internal sealed record FreshChunk(
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
        return new FreshChunk(destination, content, chunk.Events, chunk.PayloadBytes, createdAt, due, attempts);
    }
}
