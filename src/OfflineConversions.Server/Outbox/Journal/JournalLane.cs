namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>
/// The stored deliveries of a block to one dataset, in the order of their events. Because a chunk holds events in the
/// order of their arrival, a run of them takes three numbers, however long it is.
/// </summary>
/// <param name="dataset">The dataset.</param>
internal sealed class JournalLane(string dataset)
{
    private readonly List<JournalRun> _runs = [];

    public string Dataset => dataset;

    public IReadOnlyList<JournalRun> Runs => _runs;

    /// <summary>Adds one delivery.</summary>
    public void Add(ChunkPlace place)
    {
        if (_runs is [.., var last] && last.Chunk == place.Chunk && last.Place + last.Count == place.Place)
        {
            _runs[^1] = last with { Count = last.Count + 1 };
        }
        else
        {
            _runs.Add(new JournalRun(place.Chunk!, place.Place, 1));
        }
    }

    public void Add(JournalRun run) => _runs.Add(run);

    /// <summary>Where a delivery was stored; none if there are not so many.</summary>
    public ChunkPlace this[int delivery]
    {
        get
        {
            foreach (var run in _runs)
            {
                if (delivery < run.Count)
                {
                    return new ChunkPlace(run.Chunk, run.Place + delivery);
                }

                delivery -= run.Count;
            }

            return default;
        }
    }
}

/// <summary>Deliveries that are next to each other in one chunk.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Place">The place of the first.</param>
/// <param name="Count">How many.</param>
internal readonly record struct JournalRun(ChunkNumber Chunk, int Place, int Count);

/// <summary>Events of a block that were received together.</summary>
/// <param name="At">When.</param>
/// <param name="Count">How many.</param>
internal readonly record struct JournalTime(DateTimeOffset At, int Count);

/// <summary>The id of an event in clear text.</summary>
/// <param name="Place">The place of the event in its block.</param>
/// <param name="Text">The id.</param>
internal readonly record struct JournalText(int Place, string Text);
