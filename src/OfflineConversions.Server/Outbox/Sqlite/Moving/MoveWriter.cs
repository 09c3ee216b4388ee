using System.Text.Json;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Sqlite.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Moving;

/// <summary>Writes rows that another store had, in the transaction that is open.</summary>
internal sealed class MoveWriter(SqliteConnection connection)
{
    /// <summary>The place of the content in a chunk and in a failed event. Whether it is encrypted follows.</summary>
    private const int ChunkContent = 8;
    private const int FailedContent = 11;

    /// <summary>Writes rows.</summary>
    public void Write(MoveTable table, IReadOnlyList<object?[]> rows)
    {
        if (table == MoveTables.Numbers)
        {
            WriteNumbers(rows);
        }
        else if (table == MoveTables.Journal)
        {
            WriteJournal(rows);
        }
        else if (table == MoveTables.Imports)
        {
            WriteImports(rows);
        }
        else
        {
            WriteRows(table, rows);
        }
    }

    private void WriteRows(MoveTable table, IReadOnlyList<object?[]> rows)
    {
        using var insert = new Statement(connection, MoveRows.ByTable[table.Name].Insert);
        var content =
            table == MoveTables.Chunks ? ChunkContent
            : table == MoveTables.Failed ? FailedContent
            : 0;
        var isPosition = table == MoveTables.Keys || table == MoveTables.OlderKeys;
        foreach (var row in rows)
        {
            for (var at = isPosition ? 1 : 0; at < row.Length; at++)
            {
                insert.Bind(
                    at + 1,
                    table == MoveTables.PayloadKeys ? Guid.Parse((string)row[at]!).ToByteArray() : row[at]
                );
            }

            if (content > 0)
            {
                insert.Bind(content + 1, Closed(row[content - 1]));
            }

            insert.Execute();
        }
    }

    /// <summary>No number that the other store gave out is given out again.</summary>
    private void WriteNumbers(IReadOnlyList<object?[]> rows)
    {
        using var change = new Statement(connection, "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1");
        using var insert = new Statement(connection, "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)");
        foreach (var row in rows)
        {
            if (change.Bind(1, row[0]).Bind(2, row[1]).Execute() == 0)
            {
                insert.Bind(1, row[0]).Bind(2, row[1]).Execute();
            }
        }
    }

    /// <summary>
    /// Arrivals get new numbers, in their order: here numbers follow each other, so that small rows can be joined.
    /// </summary>
    private void WriteJournal(IReadOnlyList<object?[]> rows)
    {
        var counters = JournalCounters.Read(connection);
        var (next, total) = (counters.Next, counters.Total);
        using var blocks = new BlockStatements(connection);
        foreach (var row in rows)
        {
            var block = new StoredJournalRow(row);
            total += Insert(blocks, block, next, total);
            next += block.Events;
        }
    }

    private void WriteImports(IReadOnlyList<object?[]> rows)
    {
        using var insert = new Statement(
            connection,
            """
            INSERT INTO imports (
                number, id, connection, dry_run, caller, state, run, started_at, ended_at, problem, rows, position,
                digest, head_position, head_digest, accepted, ignored, rejected, reasons, warnings, rows_per_hour)
            VALUES (
                ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
            """
        );
        foreach (var row in rows)
        {
            for (var at = 0; at < 9; at++)
            {
                insert.Bind(at + 1, row[at]);
            }

            insert.Bind(10, row[10]);
            StoredImport.Bind(insert, 11, ProgressIn((string)row[9]!)).Execute();
        }
    }

    // A damaged row loses its counts, not the import.
    private static ImportProgress ProgressIn(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ImportProgress>(json) ?? ImportProgress.None;
        }
        catch (JsonException)
        {
            return ImportProgress.None;
        }
    }

    private static long Closed(object? content) => PayloadEncryption.IsEncrypted((byte[])content!) ? 1 : 0;

    /// <summary>The row of a block, whose content is not written again.</summary>
    /// <returns>The bytes of the row.</returns>
    private static long Insert(BlockStatements blocks, StoredJournalRow row, long id, long total)
    {
        blocks.Insert(
            new BlockColumns(id, total)
            {
                Events = row.Events,
                Since = row.Since,
                Until = row.Until,
                LastChunk = row.Block is { } block ? BlockRows.LastChunk(block) : 0,
                EventIds = row.EventIds,
                OrderIds = row.OrderIds,
                Content = row.Content,
            },
            isFresh: row.Events < JournalRows.LargeBlock
        );
        if (row.Texts is { } texts)
        {
            blocks.InsertTexts(id, texts, Closed(texts));
        }

        return BlockRows.RowBytes + row.Bytes;
    }
}
