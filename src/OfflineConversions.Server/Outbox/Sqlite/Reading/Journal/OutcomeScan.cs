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
        var page = new OutcomePageBuilder(query);
        _rows.Bind(1, query.Before ?? long.MaxValue);
        while (!page.IsFull && _rows.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = new BlockRow(_rows.Integer(0), _rows.Integer(1) != 0);
            if (
                (query.From is null || _rows.Time(3) >= query.From)
                && (query.To is null || _rows.Time(2) < query.To)
                && blocks.KindsOf(row)?.Any(query.Selects) == true
                && blocks.Read(row) is { } block
            )
            {
                page.Add(row.Id, block, () => blocks.TextsOf(row));
            }
        }

        _rows.Reset();
        return page.Build();
    }
}
