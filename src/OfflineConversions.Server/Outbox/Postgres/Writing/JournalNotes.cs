using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// What one transaction notes in the journal. It is written when its chunks have their numbers, in the same
/// transaction, so the journal agrees with the events after any crash.
/// </summary>
internal sealed class JournalNotes
{
    private readonly NotedBlocks _blocks = new();
    private readonly List<NotedSettlement> _settled = [];
    private readonly List<NotedAnswer> _answered = [];
    private readonly List<NotedResolution> _resolved = [];

    /// <summary>The arrivals.</summary>
    public IReadOnlyList<JournalBlock> Blocks => _blocks.All;

    /// <summary>How chunks were settled.</summary>
    public IReadOnlyList<NotedSettlement> Settled => _settled;

    /// <summary>What Meta said to chunks that wait for another attempt.</summary>
    public IReadOnlyList<NotedAnswer> Answered => _answered;

    /// <summary>How events left the failed list.</summary>
    public IReadOnlyList<NotedResolution> Resolved => _resolved;

    /// <summary>The counts, without the names of events.</summary>
    public RollUpChanges Counts { get; } = new();

    /// <summary>Notes the arrivals of one body.</summary>
    /// <inheritdoc cref="NotedBlocks.Note"/>
    public void Note(
        Arrivals arrivals,
        IReadOnlyList<bool> stored,
        IReadOnlyList<bool> erased,
        ReadOnlySpan<ChunkPlace> places,
        DateTimeOffset now
    )
    {
        _blocks.Note(arrivals, stored, erased, places, now);
        foreach (var count in arrivals.Counts?.Invoke(stored) ?? [])
        {
            Counts.Add(arrivals.Connection, count.Kind, count.Name, count.Count);
        }
    }

    /// <summary>A chunk was settled.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="attempts">How many attempts were made to send it.</param>
    /// <param name="settlement">
    /// What became of its events, without the number of the chunk in which the rest goes on.
    /// </param>
    /// <param name="successor">That chunk, if there is one.</param>
    public void Settle(Chunk chunk, int attempts, JournalSettlement settlement, ChunkNumber? successor = null)
    {
        _settled.Add(new NotedSettlement(chunk.Id, attempts, settlement, successor));
        Counts.Add(chunk.Destination.Connection, chunk.Events.Count, settlement);
    }

    /// <summary>Meta has answered, and the events of a chunk wait for another attempt.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="answer">What it said; <see langword="null"/> if nothing, which changes nothing.</param>
    public void Answer(ChunkNumber chunk, MetaAnswer? answer)
    {
        if (answer is not null)
        {
            _answered.Add(new NotedAnswer(chunk, answer));
        }
    }

    /// <summary>A chunk moved to the failed list because it is damaged.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="chunk">Its number.</param>
    /// <param name="attempts">How many attempts were made to send it.</param>
    /// <param name="failures">Its events.</param>
    public void Bury(string connection, long chunk, int attempts, IReadOnlyList<JournalFailure> failures)
    {
        var settlement = new JournalSettlement(Successor: 0, Kept: [], Erased: [], failures);
        _settled.Add(new NotedSettlement(chunk, attempts, settlement, Successor: null));
        Counts.Add(connection, failures.Count, settlement);
    }

    /// <summary>An event left the failed list.</summary>
    /// <param name="failed">Its number on the list.</param>
    /// <param name="state">What became of it.</param>
    /// <param name="place">Where it waits if it was replayed.</param>
    /// <param name="dataset">The other dataset to which it was replayed.</param>
    public void Resolve(long failed, DeliveryState state, ChunkPlace place, string? dataset) =>
        _resolved.Add(new NotedResolution(failed, state, place, dataset));
}

/// <summary>How a chunk was settled.</summary>
internal sealed record NotedSettlement(long Chunk, int Attempts, JournalSettlement Settlement, ChunkNumber? Successor)
{
    /// <summary>The settlement with the number of the chunk in which the rest goes on.</summary>
    public JournalSettlement Complete =>
        Successor is null ? Settlement : Settlement with { Successor = Successor.Value };
}

/// <summary>What Meta said to a chunk that waits for another attempt.</summary>
internal sealed record NotedAnswer(ChunkNumber Chunk, MetaAnswer Answer);

/// <summary>How an event left the failed list.</summary>
internal sealed record NotedResolution(long Failed, DeliveryState State, ChunkPlace Place, string? Dataset);
