using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// Copies the rows of a damaged database into a new one, whatever version of the schema they have. Then the ledger is
/// balanced with what was found.
/// </summary>
internal sealed class RowRecovery(
    IReadOnlyList<DatabasePages> sources,
    SqliteConnection target,
    PayloadEncryption encryption,
    DateTimeOffset now
)
{
    private const string Destinations = "destinations";
    private const string PayloadKeys = "payload_keys";
    private const string Chunks = "chunks";

    private static readonly string[] Tables =
    [
        Destinations,
        Chunks,
        "failed",
        "taken_keys",
        PayloadKeys,
        "suppressed",
        "paused",
        "halts",
        "ledger",
        "recoveries",
        "imports",
        "import_rejections",
        "journal",
        "journal_fresh",
        "journal_texts",
        "journal_settled",
        "journal_resolved",
        "journal_counts",
        "journal_answers",
        "journal_changes",
        "alert_state",
        "alert_notifications",
        "moves",
    ];

    private readonly Dictionary<string, RowCopy> _copies = [];
    private readonly FoundDestinations _destinations = new();
    private readonly FoundKeys _keys = new();

    /// <summary>Copies all tables.</summary>
    public RecoveredRows Run()
    {
        try
        {
            ReadWhatChunksRefer();
            CopyRows();
            _destinations.CopyTo(target);

            // What was deleted may have come back with an older version of a page.
            Execute("UPDATE suppressed SET swept = 0");
            return new LedgerRecovery(target, now).Balance();
        }
        finally
        {
            foreach (var copy in _copies.Values)
            {
                copy.Dispose();
            }
        }
    }

    /// <summary>Without its destination and its key no chunk can be checked, and the pages have no order.</summary>
    private void ReadWhatChunksRefer()
    {
        foreach (var row in Scan(Destinations, PayloadKeys))
        {
            if (row.Table.Name == Destinations)
            {
                _destinations.Add(row);
            }
            else
            {
                _keys.Add(row);
            }
        }
    }

    private void CopyRows()
    {
        var chunks = new ChunkRecovery(_destinations, _keys, encryption, now);
        foreach (var row in Scan(Tables))
        {
            if (row.Table.Name == Chunks)
            {
                chunks.Copy(row, Into(row.Table));
            }
            else
            {
                Copy(row);
            }
        }

        chunks.BuryUnreadable(target);
    }

    private void Copy(FoundRow found)
    {
        var (row, table) = (found.Record, found.Table);
        switch (table.Name)
        {
            case "failed" when !row.IsComplete:
                Into(table).Insert(row, new("payload", null), new("format", RowContent.Chunk));
                break;
            case not Destinations when row.IsComplete:
                Into(table).Insert(row);
                break;
            default:
                break;
        }
    }

    private IEnumerable<FoundRow> Scan(params string[] tables)
    {
        var shapes = TableShape.Of(target, tables);
        return sources.SelectMany(source => new RowScan(source, shapes).Rows());
    }

    private RowCopy Into(TableShape table)
    {
        if (!_copies.TryGetValue(table.Name, out var copy))
        {
            _copies.Add(table.Name, copy = new RowCopy(target, table));
        }

        return copy;
    }

    private void Execute(string sql)
    {
        using var statement = new Statement(target, sql);
        statement.Execute();
    }
}

/// <summary>What came out of a damaged file.</summary>
/// <param name="Waiting">Events that wait for delivery.</param>
/// <param name="Failed">Events of the failed list, the unreadable ones among them.</param>
/// <param name="Unreadable">Events that were found damaged and moved to the failed list.</param>
/// <param name="Missing">
/// Events that the ledger counts and no readable row holds; <see langword="null"/> if the ledger is lost.
/// </param>
internal readonly record struct RecoveredRows(long Waiting, long Failed, long Unreadable, long? Missing);
