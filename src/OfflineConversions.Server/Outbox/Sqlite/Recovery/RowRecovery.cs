using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// Copies the rows of a damaged database into a new one, whatever version of the schema they have. A chunk that is
/// damaged moves to the failed list, because nothing damaged is sent. Then the ledger is balanced with what was found.
/// </summary>
internal sealed class RowRecovery(
    IReadOnlyList<DatabasePages> sources,
    SqliteConnection target,
    PayloadEncryption encryption,
    DateTimeOffset now
)
{
    private const string Destinations = "destinations";

    private static readonly string[] Tables =
    [
        Destinations,
        "chunks",
        "failed",
        "taken_keys",
        "payload_keys",
        "suppressed",
        "paused",
        "halts",
        "ledger",
        "recoveries",
    ];

    private readonly Dictionary<string, RowCopy> _copies = [];
    private readonly Dictionary<long, UnreadableChunk> _unreadable = [];
    private readonly HashSet<long> _chunks = [];
    private readonly FoundDestinations _destinations = new();

    /// <summary>Copies all tables.</summary>
    public RecoveredRows Run()
    {
        try
        {
            // Without its destination no chunk can be checked, and the pages have no order.
            foreach (var row in Scan(Destinations))
            {
                _destinations.Add(row);
            }

            foreach (var row in Scan(Tables))
            {
                Copy(row);
            }

            _destinations.CopyTo(target);

            foreach (var (id, chunk) in _unreadable)
            {
                if (!_chunks.Contains(id))
                {
                    chunk.Bury(target, now);
                }
            }

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

    private IEnumerable<FoundRow> Scan(params string[] tables)
    {
        var shapes = TableShape.Of(target, tables);
        return sources.SelectMany(source => new RowScan(source, shapes).Rows());
    }

    private void Copy(FoundRow found)
    {
        var (row, table) = (found.Record, found.Table);
        switch (table.Name)
        {
            case "chunks":
                CopyChunk(found);
                break;
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

    private void CopyChunk(FoundRow found)
    {
        var (row, table) = (found.Record, found.Table);
        if (_chunks.Contains(row.RowId))
        {
            return;
        }

        var content = new RowContent(
            found.Blob("payload"),
            found.Integer("closed") != 0,
            found.Integer("format"),
            ChunkFormat.ReadTime(found.Integer("expires_at")),
            found.Blob("ends")
        );
        var chunk = row.IsComplete
            ? _destinations.Read(found.Integer("destination"), content, encryption)
            : ChunkContent.Unreadable(ChunkDamage.WrongChecksum);
        if (chunk.IsReadable)
        {
            // The checksum covers the content only, so what the columns repeat is written anew, and their times are
            // limited to now.
            _chunks.Add(row.RowId);
            Into(table)
                .Insert(
                    row,
                    new("events", chunk.Events.Count),
                    new("bytes", chunk.Events.Sum(stored => (long)stored.Payload.Length)),
                    new("expires_at", chunk.Events.Min(stored => stored.ExpiresAt).ToUnixTimeMilliseconds()),
                    new("created_at", Math.Clamp(found.Integer("created_at"), 0, now.ToUnixTimeMilliseconds())),
                    new("due_at", Math.Clamp(found.Integer("due_at"), 0, now.ToUnixTimeMilliseconds())),
                    new("attempts", Math.Clamp(found.Integer("attempts"), 0, int.MaxValue))
                );
        }
        else if (row.IsComplete && content.IsEncrypted && encryption.LacksKeyOf(content.Payload))
        {
            // Only its key is missing, which the start reports.
            _chunks.Add(row.RowId);
            Into(table).Insert(row);
        }
        else
        {
            _unreadable.TryAdd(
                row.RowId,
                new UnreadableChunk(
                    found.Integer("destination"),
                    UnreadableChunk.Plausible(found.Integer("events")),
                    found.Integer("attempts")
                )
            );
        }
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
