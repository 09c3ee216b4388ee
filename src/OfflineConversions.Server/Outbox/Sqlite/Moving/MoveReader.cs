using System.Text.Json;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Moving;

/// <summary>Reads the rows of the file in the form that stores exchange.</summary>
internal sealed class MoveReader(SqliteConnection connection, PayloadEncryption encryption)
{
    /// <summary>The columns of a chunk and of a failed event; those of the row itself follow.</summary>
    private const int ChunkColumns = 8;
    private const int FailedColumns = 11;

    /// <summary>Reads the next rows.</summary>
    public MoveSlice Read(MoveTable table, long position)
    {
        var rows = table == MoveTables.Imports ? ReadImports(table, position) : ReadRows(table, position);
        var next =
            rows.Count == 0 ? position
            : MoveRows.ByTable[table.Name].IsNumbered ? (long)rows[^1][0]!
            : Math.Max(0, position) + rows.Count;
        return new MoveSlice(rows, next, rows.Count == 0);
    }

    private List<object?[]> ReadRows(MoveTable table, long position)
    {
        var rows = new List<object?[]>();
        var known = MoveRows.ByTable[table.Name];
        using var statement = new Statement(connection, known.Select);
        statement.Bind(1, known.IsNumbered ? position : Math.Max(0, position)).Bind(2, table.RowsAtOnce);
        var bytes = 0L;
        while (bytes < MoveTable.BytesAtOnce && statement.Read())
        {
            rows.Add(
                table == MoveTables.Chunks ? WithContent(statement, ChunkColumns)
                : table == MoveTables.Failed ? WithContent(statement, FailedColumns)
                : table == MoveTables.PayloadKeys ? [new Guid(statement.Blob(0)).ToString()]
                : statement.Values()
            );
            bytes += rows[^1].Sum(value => (value as byte[])?.Length ?? 0);
        }

        return rows;
    }

    /// <summary>
    /// A row whose last column is a chunk in today's form. Damaged content stays as it is: the other store finds the
    /// damage, and buries the events.
    /// </summary>
    private object?[] WithContent(Statement row, int columns)
    {
        var values = row.Values()[..columns];
        if (row.Integer(columns) != RowContent.Chunk)
        {
            var destination = StoredDestination.Read(row, columns + 3);
            var stored = new RowContent(
                row.Blob(columns - 1),
                row.Integer(columns),
                row.Time(columns + 2),
                row.Value(columns + 1) as byte[]
            );
            if (stored.Read(encryption, destination) is { IsReadable: true } content)
            {
                values[^1] = Chunk(content.Events, destination.Digest);
            }
        }

        return values;
    }

    private byte[] Chunk(IReadOnlyList<StoredEvent> events, long destination)
    {
        var builder = new ChunkBuilder();
        foreach (var stored in events)
        {
            builder.Add(stored);
        }

        var chunk = builder.Complete(destination);
        return encryption.IsOn ? encryption.Encrypt(chunk) : chunk.ToArray();
    }

    private List<object?[]> ReadImports(MoveTable table, long position)
    {
        var rows = new List<object?[]>();
        using var statement = new Statement(
            connection,
            $"SELECT {StoredImport.Columns} FROM imports WHERE number > ?1 ORDER BY number LIMIT ?2"
        );
        statement.Bind(1, position).Bind(2, table.RowsAtOnce);
        while (statement.Read())
        {
            var import = StoredImport.Read(statement);
            rows.Add([
                import.Number,
                import.Import.Id,
                import.Import.Connection,
                import.Import.IsDryRun ? 1L : 0L,
                import.Import.Caller,
                import.State.ToString(),
                StoredImport.RunOf(statement).Number,
                import.StartedAt.ToUnixTimeMilliseconds(),
                import.EndedAt?.ToUnixTimeMilliseconds(),
                JsonSerializer.Serialize(import.Progress),
                import.Problem,
            ]);
        }

        return rows;
    }
}
