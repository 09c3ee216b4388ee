using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading.Journal;

/// <summary>Lists outcomes, newest first. Of most blocks it looks only at the kinds of events.</summary>
internal sealed class OutcomeScan(ReadConnection reader, StoredBlocks blocks)
{
    private readonly Statement _rows = reader.Prepare(
        """
        SELECT id, 0, since, until FROM journal WHERE id < ?1
        UNION ALL SELECT id, 1, at, at FROM journal_fresh WHERE id < ?1
        ORDER BY 1 DESC
        """
    );

    /// <summary>Reads a page.</summary>
    public OutcomePage Read(OutcomeQuery query, CancellationToken cancellationToken)
    {
        var items = new List<JournalOutcome>();
        _rows.Bind(1, query.Before ?? long.MaxValue);
        while (items.Count <= query.Limit && _rows.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((query.From is null || _rows.Time(3) >= query.From) && (query.To is null || _rows.Time(2) < query.To))
            {
                AddFrom(new BlockRow(_rows.Integer(0), _rows.Integer(1) != 0), query, items);
            }
        }

        _rows.Reset();
        return items.Count > query.Limit
            ? new OutcomePage(items[..query.Limit], items[query.Limit - 1].Number)
            : new OutcomePage(items, Next: null);
    }

    private void AddFrom(BlockRow row, OutcomeQuery query, List<JournalOutcome> items)
    {
        if (blocks.Read(row) is not { } block)
        {
            return;
        }

        bool[] selected = [.. block.Kinds.Select(query.Selects)];
        if (!selected.Contains(true))
        {
            return;
        }

        IReadOnlyDictionary<int, string>? texts = null;
        var last = Math.Min(block.Events, (query.Before ?? long.MaxValue) - row.Id) - 1;
        for (var place = (int)last; place >= 0 && items.Count <= query.Limit; place--)
        {
            if (!selected[block.KindOf[place]])
            {
                continue;
            }

            var at = block.TimeOf(place);
            if ((query.From is null || at >= query.From) && (query.To is null || at < query.To))
            {
                texts ??= blocks.TextsOf(row);
                items.Add(
                    new JournalOutcome(
                        row.Id + place,
                        at,
                        texts.GetValueOrDefault(place),
                        block.Kinds[block.KindOf[place]]
                    )
                );
            }
        }
    }
}
