using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// Copies from a damaged database what can be read. A table is read from its beginning up to the damage, then from its
/// end down to it; between the two each row is asked for by itself. The books are closed with what was found, and what
/// is missing counts as discarded.
/// </summary>
internal sealed class Salvage(SqliteConnection source, SqliteConnection target, PayloadSeal seal)
{
    /// <summary>Single questions between the two ends of the damage.</summary>
    private const long MostQuestions = 100_000;

    private const string ChunkColumns =
        "id, destination, created_at, due_at, expires_at, attempts, events, bytes, ends, payload";
    private const string FailedColumns =
        "id, destination, failed_at, attempts, reason, code, subcode, title, trace_id, payload";
    private const string LedgerColumns =
        "connection, accepted, delivered, failed, discarded, expired, waiting_events, waiting_bytes";

    public Salvaged Run()
    {
        ById("destinations", "id, connection, api, dataset, upload_tag", _ => true);

        // A file of schema 1 has no expires_at yet, and one before schema 5 nothing encrypted and nobody erased.
        var mayBeClosed = HasColumn("failed", "closed");
        ById("chunks", mayBeClosed ? ChunkColumns + ", closed" : ChunkColumns, chunk =>
            IsWhole(chunk, mayBeClosed && chunk.Integer(10) != 0)
        );
        ById(
            "failed",
            FailedColumns
                + (HasColumn("failed", "expires_at") ? ", expires_at" : string.Empty)
                + (mayBeClosed ? ", closed" : string.Empty),
            failed => !mayBeClosed || failed.Integer(11) == 0 || !seal.IsDamaged(failed.Blob(9))
        );
        if (HasColumn("taken_keys", "keys"))
        {
            ById("taken_keys", "id, expires_at, keys", _ => true);
        }

        if (mayBeClosed)
        {
            ByKey("payload_keys", "key", "key");
            ByKey("suppressed", "trace, until, swept", "trace");
        }

        ByKey("paused", "connection, since", "connection");
        if (HasColumn("halts", "dataset"))
        {
            ByKey("halts", "connection, dataset, reason, since, probe_at", "connection");
        }

        ByKey(
            "ledger",
            HasColumn("ledger", "delivered_at") ? LedgerColumns + ", delivered_at" : LedgerColumns,
            "connection"
        );
        DropHomeless();
        return CloseBooks();
    }

    private void ById(string table, string columns, Func<Statement, bool> isWhole)
    {
        using var copy = new RowCopy(target, table, columns);
        var (first, firstEnd) = Scan($"SELECT {columns} FROM {table} ORDER BY id", copy, isWhole);
        if (first)
        {
            return;
        }

        var (_, lastEnd) = Scan($"SELECT {columns} FROM {table} ORDER BY id DESC", copy, isWhole);
        for (var id = firstEnd + 1; id < lastEnd && id <= firstEnd + MostQuestions; id++)
        {
            Scan(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"SELECT {columns} FROM {table} WHERE id = {id}"
                ),
                copy,
                isWhole
            );
        }
    }

    private void ByKey(string table, string columns, string key)
    {
        using var copy = new RowCopy(target, table, columns);
        if (!Scan($"SELECT {columns} FROM {table} ORDER BY {key}", copy, _ => true).Complete)
        {
            Scan($"SELECT {columns} FROM {table} ORDER BY {key} DESC", copy, _ => true);
        }
    }

    /// <summary>
    /// Copies row by row until the end or the first damage, and says which, and the number of the last row read.
    /// </summary>
    private (bool Complete, long Last) Scan(string sql, RowCopy copy, Func<Statement, bool> isWhole)
    {
        var last = 0L;
        try
        {
            using var rows = new Statement(source, sql);
            while (rows.Read())
            {
                last = rows.Integer(0);
                if (isWhole(rows))
                {
                    copy.Insert(rows);
                }
            }

            return (true, last);
        }
        catch (SqliteException)
        {
            return (false, last);
        }
    }

    /// <summary>A chunk whose payloads cannot be told apart would be sent as rubbish.</summary>
    private bool IsWhole(Statement chunk, bool closed)
    {
        var (ends, payload) = (chunk.Blob(8), chunk.Blob(9));
        if (closed)
        {
            // What was encrypted proves itself, unless its key is missing: then it is kept, and the start says so.
            return ends.Length == chunk.Integer(6) * sizeof(int) && !seal.IsDamaged(payload);
        }

        var start = 0;
        for (var i = 0; i + sizeof(int) <= ends.Length; i += sizeof(int))
        {
            var end = BinaryPrimitives.ReadInt32LittleEndian(ends.AsSpan(i));
            if (end <= start || end > payload.Length || payload[start] != (byte)'{' || payload[end - 1] != (byte)'}')
            {
                return false;
            }

            start = end;
        }

        return ends.Length == chunk.Integer(6) * sizeof(int) && start == payload.Length && start == chunk.Integer(7);
    }

    private bool HasColumn(string table, string column)
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

    /// <summary>What cannot say where it goes cannot be delivered.</summary>
    private void DropHomeless()
    {
        Execute("DELETE FROM chunks WHERE destination NOT IN (SELECT id FROM destinations)");
        Execute("DELETE FROM failed WHERE destination NOT IN (SELECT id FROM destinations)");
    }

    private Salvaged CloseBooks()
    {
        var (waiting, failed) = (Number("SELECT total(events) FROM chunks"), Number("SELECT count(*) FROM failed"));
        var booked = Number("SELECT total(waiting_events + failed) FROM ledger");
        Execute(
            "INSERT OR IGNORE INTO ledger (connection, accepted, delivered, failed, waiting_events, waiting_bytes) SELECT DISTINCT connection, 0, 0, 0, 0, 0 FROM destinations"
        );
        Execute(
            """
            UPDATE ledger SET
                waiting_events = (SELECT CAST(total(events) AS INTEGER) FROM chunks JOIN destinations ON destinations.id = destination WHERE destinations.connection = ledger.connection),
                waiting_bytes = (SELECT CAST(total(bytes) AS INTEGER) FROM chunks JOIN destinations ON destinations.id = destination WHERE destinations.connection = ledger.connection),
                failed = (SELECT count(*) FROM failed AS list JOIN destinations ON destinations.id = destination WHERE destinations.connection = ledger.connection)
            """
        );
        Execute(
            "UPDATE ledger SET discarded = discarded + max(0, accepted - delivered - waiting_events - failed - discarded - expired)"
        );
        Execute("UPDATE ledger SET accepted = delivered + waiting_events + failed + discarded + expired");
        return new Salvaged(waiting, failed, Math.Max(0, booked - waiting - failed));
    }

    private void Execute(string sql)
    {
        using var statement = new Statement(target, sql);
        statement.Execute();
    }

    private long Number(string sql)
    {
        using var statement = new Statement(target, sql);
        return statement.Scalar();
    }
}
