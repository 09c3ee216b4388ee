using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>
/// Collects what one transaction adds for each destination, to write it as few chunk rows as their limits allow.
/// </summary>
internal sealed class FreshChunks(DestinationRows destinations, ChunkRows chunks)
{
    /// <summary>
    /// A chunk is read into memory whole and goes out in one request, which integrators report to end at about 1 MB.
    /// </summary>
    private const int MaxChunkBytes = 1_000_000;

    /// <summary>How many builders keep their memory for the next transaction.</summary>
    private const int MostSpare = 4;

    private readonly Dictionary<Destination, FreshChunk> _building = [];
    private readonly Stack<ChunkBuilder> _spare = [];

    /// <summary>Adds one event, and writes the destination's chunk first if the event does not fit into it.</summary>
    /// <returns>Where the event is stored.</returns>
    public ChunkPlace Add(Destination destination, StoredEvent stored, int chunkEvents, DateTimeOffset now)
    {
        var fresh = ChunkOf(destination);
        var content = fresh.Content;
        if (
            content.Events > 0
            && (content.Events >= chunkEvents || content.PayloadBytes + stored.Payload.Length > MaxChunkBytes)
        )
        {
            Write(destination, fresh, now);
        }

        content.Add(stored);
        return new ChunkPlace(fresh.Number, content.Events - 1);
    }

    /// <summary>Writes all that was collected.</summary>
    public void Flush(DateTimeOffset now)
    {
        foreach (var (destination, chunk) in _building)
        {
            if (chunk.Content.Events > 0)
            {
                Write(destination, chunk, now);
            }
        }
    }

    /// <summary>The transaction has ended, one way or the other.</summary>
    public void Clear()
    {
        foreach (var chunk in _building.Values.Take(MostSpare - _spare.Count))
        {
            chunk.Content.Clear();
            _spare.Push(chunk.Content);
        }

        _building.Clear();
    }

    private void Write(Destination destination, FreshChunk fresh, DateTimeOffset now)
    {
        fresh.Number.Value = chunks.Insert(
            destinations.RowOf(destination),
            now,
            now.ToUnixTimeMilliseconds(),
            attempts: 0,
            fresh.Content
        );
        fresh.Number = new ChunkNumber();
        fresh.Content.Clear();
    }

    private FreshChunk ChunkOf(Destination destination)
    {
        if (!_building.TryGetValue(destination, out var chunk))
        {
            chunk = new FreshChunk(_spare.TryPop(out var spare) ? spare : new ChunkBuilder());
            _building.Add(destination, chunk);
        }

        return chunk;
    }

    private sealed class FreshChunk(ChunkBuilder content)
    {
        public ChunkBuilder Content => content;

        /// <summary>The number of the chunk that is being collected.</summary>
        public ChunkNumber Number { get; set; } = new();
    }
}
