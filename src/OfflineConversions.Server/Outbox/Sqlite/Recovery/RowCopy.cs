using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>Puts rows read elsewhere into a table of the same columns. A row that is there already stays.</summary>
internal sealed class RowCopy : IDisposable
{
    private readonly int _columns;
    private readonly Statement _insert;

    public RowCopy(SqliteConnection target, string table, string columns)
    {
        _columns = columns.Count(character => character == ',') + 1;
        _insert = new Statement(
            target,
            $"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({string.Join(", ", Enumerable.Range(1, _columns).Select(place => $"?{place}"))})"
        );
    }

    public void Insert(Statement row)
    {
        for (var column = 0; column < _columns; column++)
        {
            _insert.BindFrom(row, column);
        }

        _insert.Execute();
    }

    public void Dispose() => _insert.Dispose();
}
