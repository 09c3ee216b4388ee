using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Pending;

/// <summary>
/// Collects a page of waiting events from chunks, the newest chunk first, up to the limits of a query.
/// </summary>
internal sealed class PendingPageBuilder(PendingQuery query)
{
    private readonly List<PendingEvent> _events = [];
    private PendingPosition _last;
    private long _bytes;
    private long _readBytes;

    /// <summary>Whether a limit is reached.</summary>
    public bool IsFull =>
        _events.Count >= query.Limit || _bytes >= query.MostBytes || _readBytes >= query.MostReadBytes;

    /// <summary>Adds the events of a chunk, the last first, as far as the page has room.</summary>
    public void Add(ReadChunk read)
    {
        var end = query.After is { } after && after.Chunk == read.Chunk.Position.Chunk ? after.Event : int.MaxValue;
        for (var place = Math.Min(end, read.Count) - 1; place >= 0 && !IsFull; place--)
        {
            _last = read.Chunk.Position with { Event = place };
            Add(read, read.Events.Count > 0 ? read.Events[place] : null);
        }
    }

    /// <summary>The page.</summary>
    /// <param name="hasMore">Whether there are older chunks.</param>
    public PendingPage Build(bool hasMore) => new(_events, hasMore || _last.Event > 0 ? _last : null);

    private void Add(ReadChunk read, StoredEvent? stored)
    {
        var bytes = stored?.Payload.Length ?? 0;
        _readBytes += bytes;
        var name = stored?.ReadEvent() ?? default;
        if (query.EventId is { } wanted && name.Id != wanted)
        {
            return;
        }

        _bytes += bytes;
        _events.Add(
            new PendingEvent(
                _last,
                read.Chunk.Row.Known,
                ChunkFormat.ReadTime(_last.StoredAt),
                read.Attempts,
                read.DueAt,
                read.IsInFlight,
                name,
                stored?.Payload
            )
        );
    }
}

/// <summary>A destination whose events may be on the page.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Destination">Its row.</param>
internal sealed record PendingDestination(long Id, StoredDestination Destination)
{
    /// <summary>What is known of it, also after damage.</summary>
    public Destination Known { get; } =
        Destination.Value
        ?? new Destination(Destination.Connection, default, Destination.DatasetId, Destination.UploadTag);
}

/// <summary>A chunk that may be on the page.</summary>
/// <param name="Row">Its destination.</param>
/// <param name="Position">Its place in the list.</param>
/// <param name="Events">How many events its row states.</param>
internal sealed record PendingChunk(PendingDestination Row, PendingPosition Position, long Events)
{
    /// <summary>The order of the list.</summary>
    public static IComparer<PendingPosition> NewestFirst { get; } =
        Comparer<PendingPosition>.Create(
            (one, other) => (other.StoredAt, other.Chunk).CompareTo((one.StoredAt, one.Chunk))
        );
}

/// <summary>A chunk with its content.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Attempts">How many attempts were made to send it.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="IsInFlight">Whether it is leased.</param>
/// <param name="Events">Its events; empty if it is damaged.</param>
internal sealed record ReadChunk(
    PendingChunk Chunk,
    int Attempts,
    DateTimeOffset DueAt,
    bool IsInFlight,
    IReadOnlyList<StoredEvent> Events
)
{
    /// <summary>The number of its events, also if it is damaged.</summary>
    public int Count => Events.Count > 0 ? Events.Count : (int)UnreadableChunk.Plausible(Chunk.Events);
}
