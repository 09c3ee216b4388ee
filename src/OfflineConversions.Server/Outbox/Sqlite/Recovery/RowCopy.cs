using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>Inserts found rows into the same table of the new database. A row that is there stays.</summary>
internal sealed class RowCopy(SqliteConnection target, TableShape table) : IDisposable
{
    private readonly Dictionary<int, Statement> _inserts = [];

    /// <summary>Inserts a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="replaced">Columns whose stored value is not used.</param>
    public void Insert(StoredRecord row, params ReadOnlySpan<ColumnValue> replaced)
    {
        var insert = For(row.Columns);
        for (var column = 0; column < row.Columns; column++)
        {
            row.BindTo(insert, column + 1, column);
        }

        if (table.HasRowIds)
        {
            insert.Bind(1, row.RowId);
        }

        foreach (var (column, value) in replaced)
        {
            var place = table.IndexOf(column) + 1;
            if (place <= row.Columns)
            {
                _ = value is { } number ? insert.Bind(place, number) : insert.Bind(place, ReadOnlySpan<byte>.Empty);
            }
        }

        insert.Execute();
    }

    public void Dispose()
    {
        foreach (var insert in _inserts.Values)
        {
            insert.Dispose();
        }
    }

    /// <summary>The statement for rows with so many columns; the others get their defaults.</summary>
    private Statement For(int columns)
    {
        if (!_inserts.TryGetValue(columns, out var insert))
        {
            var names = string.Join(", ", table.Columns.Take(columns));
            var places = string.Join(", ", Enumerable.Range(1, columns).Select(place => $"?{place}"));
            insert = new Statement(target, $"INSERT OR IGNORE INTO {table.Name} ({names}) VALUES ({places})");
            _inserts.Add(columns, insert);
        }

        return insert;
    }
}

/// <summary>The value of a column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Value">A number; <see langword="null"/> for no bytes.</param>
internal readonly record struct ColumnValue(string Column, long? Value);
