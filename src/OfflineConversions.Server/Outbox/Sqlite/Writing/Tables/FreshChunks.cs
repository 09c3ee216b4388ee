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

    private readonly Dictionary<Destination, ChunkBuilder> _building = [];
    private readonly Stack<ChunkBuilder> _spare = [];

    /// <summary>Adds one event, and writes the destination's chunk first if the event does not fit into it.</summary>
    public void Add(Destination destination, StoredEvent stored, int chunkEvents, DateTimeOffset now)
    {
        var chunk = BuilderOf(destination);
        if (
            chunk.Events > 0
            && (chunk.Events >= chunkEvents || chunk.PayloadBytes + stored.Payload.Length > MaxChunkBytes)
        )
        {
            Write(destination, chunk, now);
        }

        chunk.Add(stored);
    }

    /// <summary>Writes all that was collected.</summary>
    public void Flush(DateTimeOffset now)
    {
        foreach (var (destination, chunk) in _building)
        {
            if (chunk.Events > 0)
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
            chunk.Clear();
            _spare.Push(chunk);
        }

        _building.Clear();
    }

    private void Write(Destination destination, ChunkBuilder chunk, DateTimeOffset now)
    {
        chunks.Insert(destinations.RowOf(destination), now, now.ToUnixTimeMilliseconds(), attempts: 0, chunk);
        chunk.Clear();
    }

    private ChunkBuilder BuilderOf(Destination destination)
    {
        if (!_building.TryGetValue(destination, out var chunk))
        {
            chunk = _spare.TryPop(out var spare) ? spare : new ChunkBuilder();
            _building.Add(destination, chunk);
        }

        return chunk;
    }
}
