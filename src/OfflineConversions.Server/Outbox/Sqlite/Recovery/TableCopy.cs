using System.Globalization;
using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// Copies the readable rows of one table of a damaged database into the same table of another. The table is read from
/// its beginning up to the damage, then from its end down to it; between the two each row is asked for on its own. A
/// row that is there already stays.
/// </summary>
internal sealed class TableCopy : IDisposable
{
    /// <summary>The most rows asked for on their own.</summary>
    private const long MostQuestions = 100_000;

    private readonly SqliteConnection _source;
    private readonly string _select;
    private readonly int _columns;
    private readonly Statement _insert;

    /// <param name="source">The damaged database.</param>
    /// <param name="target">The new one.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns; the first is its key.</param>
    public TableCopy(SqliteConnection source, SqliteConnection target, string table, IReadOnlyList<string> columns)
    {
        _source = source;
        _select = $"SELECT {string.Join(", ", columns)} FROM {table}";
        _columns = columns.Count;
        var places = string.Join(", ", Enumerable.Range(1, _columns).Select(place => $"?{place}"));
        _insert = new Statement(
            target,
            $"INSERT OR IGNORE INTO {table} ({string.Join(", ", columns)}) VALUES ({places})"
        );
    }

    /// <summary>Copies a table whose key is the number <c>id</c>.</summary>
    /// <param name="isWhole">Whether a row that was read makes sense.</param>
    public void CopyById(Func<Statement, bool> isWhole)
    {
        var forward = Scan("ORDER BY id", isWhole);
        if (forward.IsComplete)
        {
            return;
        }

        var backward = Scan("ORDER BY id DESC", isWhole);
        for (var id = forward.Last + 1; id < backward.Last && id <= forward.Last + MostQuestions; id++)
        {
            Scan(string.Create(CultureInfo.InvariantCulture, $"WHERE id = {id}"), isWhole);
        }
    }

    /// <summary>Copies a table with another key.</summary>
    public void CopyByKey(string key)
    {
        if (!Scan($"ORDER BY {key}", _ => true).IsComplete)
        {
            Scan($"ORDER BY {key} DESC", _ => true);
        }
    }

    public void Dispose() => _insert.Dispose();

    private Scanned Scan(string rest, Func<Statement, bool> isWhole)
    {
        var last = 0L;
        try
        {
            using var rows = new Statement(_source, $"{_select} {rest}");
            while (rows.Read())
            {
                last = rows.Integer(0);
                if (isWhole(rows))
                {
                    Insert(rows);
                }
            }

            return new Scanned(IsComplete: true, last);
        }
        catch (SqliteException)
        {
            return new Scanned(IsComplete: false, last);
        }
    }

    private void Insert(Statement row)
    {
        for (var column = 0; column < _columns; column++)
        {
            _insert.BindFrom(row, column);
        }

        _insert.Execute();
    }

    /// <summary>How far a table was read: to its end or to the first damage, and the last row's number.</summary>
    private readonly record struct Scanned(bool IsComplete, long Last);
}
