using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// One prepared statement, kept for the life of its connection. It goes past SqliteCommand because a commit binds and
/// steps one statement a thousand times, and there the command's own bookkeeping costs more than SQLite's work.
/// Belongs to one thread at a time, like the connection.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement Bind(int place, long? value)
    {
        Check(
            value is { } number
                ? raw.sqlite3_bind_int64(_statement, place, number)
                : raw.sqlite3_bind_null(_statement, place)
        );
        return this;
    }

    public Statement Bind(int place, string? value)
    {
        Check(
            value is null ? raw.sqlite3_bind_null(_statement, place) : raw.sqlite3_bind_text(_statement, place, value)
        );
        return this;
    }

    public Statement Bind(int place, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, place, value));
        return this;
    }

    /// <summary>Binds a column of another statement's row to the same place, whatever it holds.</summary>
    public Statement BindFrom(Statement row, int column) =>
        raw.sqlite3_column_type(row._statement, column) switch
        {
            raw.SQLITE_NULL => Bind(column + 1, (string?)null),
            raw.SQLITE_INTEGER => Bind(column + 1, row.Integer(column)),
            raw.SQLITE_TEXT => Bind(column + 1, row.Text(column)),
            _ => Bind(column + 1, (ReadOnlySpan<byte>)row.Blob(column)),
        };

    /// <summary>Binds a whole number, a text, bytes or nothing.</summary>
    public Statement Bind(int place, object? value) =>
        value switch
        {
            long number => Bind(place, number),
            byte[] bytes => Bind(place, (ReadOnlySpan<byte>)bytes),
            _ => Bind(place, (string?)value),
        };

    /// <summary>Runs to the end and says how many rows it changed.</summary>
    public int Execute()
    {
        while (Read()) { }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>The number of the row that the connection inserted last.</summary>
    public long LastInserted => raw.sqlite3_last_insert_rowid(_database);

    /// <summary>Runs to the end and gives the first column of the first row, or zero where there is none.</summary>
    public long Scalar()
    {
        var value = Read() ? Integer(0) : 0;
        Reset();
        return value;
    }

    /// <summary>
    /// Steps to the next row. After the last one, and after an error, the statement is ready for its next use.
    /// </summary>
    public bool Read()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        try
        {
            if (code != raw.SQLITE_DONE)
            {
                Check(code);
            }
        }
        finally
        {
            Reset();
        }

        return false;
    }

    /// <summary>Leaves the remaining rows unread.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>Whatever the column holds: a whole number, a text, bytes or nothing.</summary>
    public object? Value(int column) =>
        raw.sqlite3_column_type(_statement, column) switch
        {
            raw.SQLITE_NULL => null,
            raw.SQLITE_INTEGER => Integer(column),
            raw.SQLITE_TEXT => Text(column),
            _ => Blob(column),
        };

    /// <summary>The columns of the row.</summary>
    public object?[] Values()
    {
        var values = new object?[raw.sqlite3_column_count(_statement)];
        for (var column = 0; column < values.Length; column++)
        {
            values[column] = Value(column);
        }

        return values;
    }

    /// <summary>A time in Unix milliseconds; what a damaged row has beyond the calendar is the end of it.</summary>
    public DateTimeOffset Time(int column) => ChunkFormat.ReadTime(Integer(column));

    public long? OptionalLong(int column) => IsNull(column) ? null : Integer(column);

    public int? OptionalInteger(int column) => IsNull(column) ? null : raw.sqlite3_column_int(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>The bytes where SQLite has them: they are gone with the next step.</summary>
    public ReadOnlySpan<byte> BlobSpan(int column) => raw.sqlite3_column_blob(_statement, column);

    public byte[] Blob(int column) => BlobSpan(column).ToArray();

    /// <summary>The bytes themselves, valid until the next step.</summary>
    public ReadOnlySpan<byte> Span(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
