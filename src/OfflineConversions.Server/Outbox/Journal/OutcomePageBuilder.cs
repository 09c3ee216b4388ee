namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>Collects a page of outcomes from blocks, the newest block first.</summary>
internal sealed class OutcomePageBuilder(OutcomeQuery query)
{
    private readonly List<JournalOutcome> _items = [];

    /// <summary>Whether the page has all its events, and one more shows that there is a next page.</summary>
    public bool IsFull => _items.Count > query.Limit;

    /// <summary>Adds the selected events of a block, the last first, as far as the page has room.</summary>
    /// <param name="first">The number of its first arrival.</param>
    /// <param name="block">The block. Its digests are not read.</param>
    /// <param name="readTexts">Reads its ids in clear text, by the place of their event.</param>
    public void Add(long first, JournalBlock block, Func<IReadOnlyDictionary<int, string>> readTexts)
    {
        bool[] selected = [.. block.Kinds.Select(query.Selects)];
        if (!selected.Contains(true))
        {
            return;
        }

        IReadOnlyDictionary<int, string>? texts = null;
        var last = Math.Min(block.Events, (query.Before ?? long.MaxValue) - first) - 1;
        for (var place = (int)last; place >= 0 && !IsFull; place--)
        {
            if (!selected[block.KindOf[place]])
            {
                continue;
            }

            var at = block.TimeOf(place);
            if ((query.From is null || at >= query.From) && (query.To is null || at < query.To))
            {
                texts ??= readTexts();
                _items.Add(
                    new JournalOutcome(
                        first + place,
                        at,
                        texts.GetValueOrDefault(place),
                        block.Kinds[block.KindOf[place]]
                    )
                );
            }
        }
    }

    /// <summary>The page.</summary>
    public OutcomePage Build() =>
        IsFull
            ? new OutcomePage(_items[..query.Limit], _items[query.Limit - 1].Number)
            : new OutcomePage(_items, Next: null);
}
