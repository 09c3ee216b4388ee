namespace OfflineConversions.Server.Outbox;

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
    public void Add(WaitingChunk chunk)
    {
        var end = query.After is { } after && after.Chunk == chunk.Position.Chunk ? after.Event : int.MaxValue;
        for (var place = Math.Min(end, chunk.Count) - 1; place >= 0 && !IsFull; place--)
        {
            _last = chunk.Position with { Event = place };
            Add(chunk, chunk.Events.Count > 0 ? chunk.Events[place] : null);
        }
    }

    /// <summary>The page.</summary>
    /// <param name="hasMore">Whether there are older chunks.</param>
    public PendingPage Build(bool hasMore) => new(_events, hasMore || _last.Event > 0 ? _last : null);

    private void Add(WaitingChunk chunk, StoredEvent? stored)
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
                chunk.Destination,
                ChunkFormat.ReadTime(_last.StoredAt),
                chunk.Attempts,
                chunk.DueAt,
                chunk.IsInFlight,
                name,
                stored?.Payload
            )
        );
    }
}

/// <summary>A chunk that waits, with its content.</summary>
/// <param name="Position">Its place in the list.</param>
/// <param name="Destination">Where it goes, as far as it is known.</param>
/// <param name="StatedEvents">How many events its row states.</param>
/// <param name="Attempts">How many attempts were made to send it.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="IsInFlight">Whether it is leased.</param>
/// <param name="Events">Its events; empty if it is damaged.</param>
internal sealed record WaitingChunk(
    PendingPosition Position,
    Destination Destination,
    long StatedEvents,
    int Attempts,
    DateTimeOffset DueAt,
    bool IsInFlight,
    IReadOnlyList<StoredEvent> Events
)
{
    /// <summary>The number of its events. A damaged chunk has as many as its row states, if that makes sense.</summary>
    public int Count =>
        Events.Count > 0 ? Events.Count
        : StatedEvents is >= 1 and <= ChunkFormat.MostEvents ? (int)StatedEvents
        : 1;
}
