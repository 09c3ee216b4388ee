using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// What the rows of one table look like on a page: a row is recognised by the types of its columns, so no schema of the
/// damaged file is needed. Versions of the schema only append columns, so a row of an earlier version is shorter.
/// </summary>
internal sealed class TableShape
{
    private readonly List<ShapeColumn> _columns = [];

    private TableShape(string name, bool hasRowIds) => (Name, HasRowIds) = (name, hasRowIds);

    /// <summary>The table.</summary>
    public string Name { get; }

    /// <summary>Whether its rows have numbers, and so are on the leaves of a table, not of an index.</summary>
    public bool HasRowIds { get; }

    /// <summary>The names of its columns, in the order in which they are stored.</summary>
    public IEnumerable<string> Columns => _columns.Select(column => column.Name);

    /// <summary>The shapes of tables of a database, in this order.</summary>
    public static IReadOnlyList<TableShape> Of(SqliteConnection connection, params ReadOnlySpan<string> tables)
    {
        var shapes = new List<TableShape>();
        foreach (var table in tables)
        {
            shapes.Add(Read(connection, table));
        }

        return shapes;
    }

    /// <summary>The place of a column.</summary>
    public int IndexOf(string column) => _columns.FindIndex(known => known.Name == column);

    /// <summary>Whether a row can be one of this table.</summary>
    public bool Matches(List<ColumnPlace> row, bool hasRowId)
    {
        if (hasRowId != HasRowIds || row.Count > _columns.Count)
        {
            return false;
        }

        for (var place = 0; place < _columns.Count; place++)
        {
            if (place < row.Count ? !_columns[place].Accepts(row[place].Kind) : !_columns[place].MayBeMissing)
            {
                return false;
            }
        }

        return true;
    }

    private static TableShape Read(SqliteConnection connection, string table)
    {
        using var sql = new Statement(connection, "SELECT sql FROM sqlite_schema WHERE name = ?1");
        sql.Bind(1, table).Read();
        var shape = new TableShape(table, !sql.Text(0).Contains("WITHOUT ROWID", StringComparison.Ordinal));
        using var columns = new Statement(
            connection,
            """SELECT name, type, "notnull", dflt_value IS NOT NULL, pk FROM pragma_table_info(?1) ORDER BY cid"""
        );
        columns.Bind(1, table);
        while (columns.Read())
        {
            var isKey = columns.Integer(4) > 0;
            shape._columns.Add(
                new ShapeColumn(
                    columns.Text(0),
                    // The number of a row is not among its columns.
                    isKey && shape.HasRowIds
                        ? StoredKind.Null
                        : Enum.Parse<StoredKind>(columns.Text(1), ignoreCase: true),
                    MayBeNull: columns.Integer(2) == 0 && !(isKey && !shape.HasRowIds),
                    MayBeMissing: !isKey && (columns.Integer(2) == 0 || columns.Integer(3) != 0)
                )
            );
        }

        return shape;
    }

    private readonly record struct ShapeColumn(string Name, StoredKind Kind, bool MayBeNull, bool MayBeMissing)
    {
        public bool Accepts(StoredKind kind) => kind == Kind || (kind == StoredKind.Null && MayBeNull);
    }
}
