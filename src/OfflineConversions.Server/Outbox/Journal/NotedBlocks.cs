namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>The arrivals that one transaction notes. Reusable after <see cref="Clear"/>.</summary>
internal sealed class NotedBlocks
{
    private readonly List<JournalBlock> _blocks = [];
    private readonly Stack<JournalBlock> _spare = new([new JournalBlock()]);

    /// <summary>The blocks, in the order in which they were noted.</summary>
    public IReadOnlyList<JournalBlock> All => _blocks;

    /// <summary>Notes the arrivals of one body.</summary>
    /// <param name="arrivals">The arrivals.</param>
    /// <param name="stored">Whether each of their deliveries was stored.</param>
    /// <param name="erased">Whether each delivery's person was erased; empty if none was.</param>
    /// <param name="places">Where each delivery was stored.</param>
    /// <param name="now">The time of the transaction.</param>
    public void Note(
        Arrivals arrivals,
        IReadOnlyList<bool> stored,
        IReadOnlyList<bool> erased,
        ReadOnlySpan<ChunkPlace> places,
        DateTimeOffset now
    )
    {
        var first = 0;
        for (var index = 0; index < arrivals.Events.Count; index++)
        {
            var deliveries = arrivals.Events[index].Deliveries.Count;
            var outcome = ArrivalOutcome.Of(arrivals.Events[index], first, stored, erased);
            Open().Add(now, arrivals, index, outcome, places.Slice(first, deliveries));
            first += deliveries;
        }
    }

    /// <summary>Forgets what was noted, and keeps memory for the next transaction.</summary>
    public void Clear()
    {
        foreach (var block in _blocks)
        {
            if (_spare.Count == 0)
            {
                block.Clear();
                _spare.Push(block);
            }
        }

        _blocks.Clear();
    }

    private JournalBlock Open()
    {
        if (_blocks is not [.., { Events: < JournalBlock.MostEvents } open])
        {
            open = _spare.TryPop(out var spare) ? spare : new JournalBlock();
            _blocks.Add(open);
        }

        return open;
    }
}
