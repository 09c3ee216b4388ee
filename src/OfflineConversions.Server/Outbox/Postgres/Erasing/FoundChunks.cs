namespace OfflineConversions.Server.Outbox.Postgres.Erasing;

/// <summary>The chunks that contain a person, as far as a search has come.</summary>
internal sealed class FoundChunks
{
    /// <summary>Those that were not leased.</summary>
    public List<FoundChunk> Free { get; } = [];

    /// <summary>The keys of the person's events in them.</summary>
    public List<DeduplicationKey> Keys { get; } = [];

    /// <summary>Those that are leased, by their numbers.</summary>
    public List<long> InFlight { get; } = [];

    /// <summary>The person's events in those.</summary>
    public long EventsInFlight { get; private set; }

    /// <summary>A chunk is leased.</summary>
    public void AddInFlight(FoundChunk chunk)
    {
        InFlight.Add(chunk.Id);
        EventsInFlight += chunk.Events;
    }
}

/// <summary>A chunk that contains a person.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Events">How many of its events are the person's.</param>
internal readonly record struct FoundChunk(long Id, int Events);

/// <summary>The outcome of one search.</summary>
/// <param name="Erased">What was removed.</param>
/// <param name="InFlight">Chunks that contain the person and were leased.</param>
internal sealed record SearchOutcome(ErasedEvents Erased, IReadOnlyCollection<long> InFlight);
