using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// Copies what can be read from a damaged database, whatever version of the schema it has, and leaves out rows that
/// would be sent as rubbish. Then the ledger is balanced with what was found.
/// </summary>
internal sealed class RowRecovery(SqliteConnection source, SqliteConnection target, PayloadEncryption encryption)
{
    private static readonly string[] ChunkColumns =
    [
        "id",
        "destination",
        "created_at",
        "due_at",
        "expires_at",
        "attempts",
        "events",
        "bytes",
        "ends",
        "payload",
        "closed",
        "format",
    ];

    private static readonly string[] FailedColumns =
    [
        "id",
        "destination",
        "failed_at",
        "attempts",
        "reason",
        "code",
        "subcode",
        "title",
        "trace_id",
        "payload",
        "expires_at",
        "closed",
        "format",
        "field",
    ];

    /// <summary>Columns that a later version added to a table.</summary>
    private static readonly string[] LaterColumns = ["expires_at", "closed", "format", "delivered_at", "field", "kind"];

    /// <summary>Copies all tables.</summary>
    public RecoveredRows Run()
    {
        CopyById("destinations", ["id", "connection", "api", "dataset", "upload_tag"], (_, _) => true);
        CopyById("chunks", ChunkColumns, IsWholeChunk);
        CopyById("failed", FailedColumns, IsWholeFailed);
        CopyById("taken_keys", ["id", "expires_at", "keys", "kind"], (_, _) => true);
        CopyByKey("payload_keys", ["key"]);
        CopyByKey("suppressed", ["trace", "until", "swept"]);
        CopyByKey("paused", ["connection", "since"]);
        CopyByKey("halts", ["connection", "dataset", "reason", "since", "probe_at"]);
        CopyByKey(
            "ledger",
            [
                "connection",
                "accepted",
                "delivered",
                "failed",
                "discarded",
                "expired",
                "waiting_events",
                "waiting_bytes",
                "delivered_at",
            ]
        );
        return new LedgerRecovery(target).Balance();
    }

    private void CopyById(string table, string[] columns, Func<Statement, Columns, bool> isWhole)
    {
        if (Existing(table, columns) is { } existing)
        {
            using var copy = new TableCopy(source, target, table, existing.Names);
            copy.CopyById(row => isWhole(row, existing));
        }
    }

    private void CopyByKey(string table, string[] columns)
    {
        if (Existing(table, columns) is { } existing)
        {
            using var copy = new TableCopy(source, target, table, existing.Names);
            copy.CopyByKey(columns[0]);
        }
    }

    private bool IsWholeChunk(Statement row, Columns columns)
    {
        var content = ContentOf(row, columns, row.Blob(columns.Of("ends")));
        var (events, bytes) = (row.Integer(columns.Of("events")), row.Integer(columns.Of("bytes")));
        if (content.IsEncrypted)
        {
            // Encryption proves itself, unless its key is missing: then the row is kept, and the start reports the key.
            return (content.Format == RowContent.Chunk || content.Ends!.Length == events * sizeof(int))
                && !encryption.IsDamaged(content.Payload);
        }

        if (content.Format == RowContent.Chunk)
        {
            var chunk = ChunkFormat.Read(content.Payload);
            return chunk.IsReadable
                && chunk.Events.Count == events
                && chunk.Events.Sum(stored => (long)stored.Payload.Length) == bytes;
        }

        return content.Payload.Length == bytes
            && content.Ends!.Length == events * sizeof(int)
            && RowsBeforeChunkFormat.Cut(content.Payload, content.Ends) is { } payloads
            && Array.TrueForAll(payloads, LooksLikeJson);
    }

    private bool IsWholeFailed(Statement row, Columns columns)
    {
        var content = ContentOf(row, columns, ends: null);
        return content.IsEncrypted
            ? !encryption.IsDamaged(content.Payload)
            : content.Format != RowContent.Chunk
                || ChunkFormat.Read(content.Payload) is { IsReadable: true, Events.Count: 1 };
    }

    private static RowContent ContentOf(Statement row, Columns columns, byte[]? ends)
    {
        long Integer(string name) => columns.Of(name) is >= 0 and var place ? row.Integer(place) : 0;
        return new RowContent(
            row.Blob(columns.Of("payload")),
            Integer("closed") != 0,
            Integer("format"),
            ChunkFormat.ReadTime(Integer("expires_at")),
            ends
        );
    }

    private static bool LooksLikeJson(ReadOnlyMemory<byte> payload) => payload.Span is [(byte)'{', .., (byte)'}'];

    /// <summary>The columns that the table has; <see langword="null"/> if its schema is older than the table.</summary>
    private Columns? Existing(string table, string[] columns) =>
        Exists(table, columns[0])
            ? new Columns([.. columns.Where(column => !LaterColumns.Contains(column) || Exists(table, column))])
            : null;

    private bool Exists(string table, string column)
    {
        try
        {
            using var columns = new Statement(source, $"SELECT {column} FROM {table} LIMIT 0");
            return !columns.Read();
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private sealed record Columns(string[] Names)
    {
        public int Of(string name) => Array.IndexOf(Names, name);
    }
}

/// <summary>What came out of a damaged file.</summary>
/// <param name="Waiting">Events that wait for delivery.</param>
/// <param name="Failed">Events of the failed list.</param>
/// <param name="Missing">Events that the ledger counts and no readable row holds.</param>
internal readonly record struct RecoveredRows(long Waiting, long Failed, long Missing);
