namespace OfflineConversions.Server.Outbox.Postgres.Moving;

/// <summary>
/// How the rows of a table are read and written, in the columns of <see cref="Outbox.Moving.MoveTables"/>. The first
/// parameter of a selection is the position after which it begins, the second the number of rows. Those of an
/// insertion are lists, one for each column.
/// </summary>
/// <param name="Select">Reads rows.</param>
/// <param name="Insert">Writes rows; empty where that takes more than a statement.</param>
/// <param name="Types">The types of the columns: <c>n</c>umber, <c>t</c>ext, <c>b</c>ytes.</param>
/// <param name="Count">Counts the rows.</param>
internal sealed partial record MoveRows(string Select, string Insert, string Types, string Count)
{
    /// <summary>
    /// Whether the first column is the position. Otherwise rows are counted: few tables have no number, and they are
    /// short.
    /// </summary>
    public bool IsNumbered { get; private init; }

    private static MoveRows Numbered(string table, string types, params string[] columns) =>
        new(
            $"""
            SELECT {string.Join(", ", columns)} FROM offlineconversions.{table}
            WHERE {columns[0]} > $1 ORDER BY {columns[0]} LIMIT $2
            """,
            InsertInto(table, types, columns),
            types,
            Counted(table)
        )
        {
            IsNumbered = true,
        };

    private static MoveRows Keyed(string table, string types, string order, params string[] columns) =>
        new(
            $"""
            SELECT {string.Join(", ", columns)} FROM offlineconversions.{table}
            ORDER BY {order} OFFSET $1 LIMIT $2
            """,
            table == "suppressed"
                ? $"""
                INSERT INTO offlineconversions.suppressed (trace, until, swept)
                SELECT trace, until, swept <> 0
                FROM unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS moved (trace, until, swept)
                """
                : InsertInto(table, types, columns),
            types,
            Counted(table)
        );

    /// <summary>Rows and the changes that upkeep has not added to them yet.</summary>
    private static MoveRows Summed(string table, string deltas, string types, string key, string sums)
    {
        var all =
            $"(SELECT * FROM offlineconversions.{table} UNION ALL SELECT * FROM offlineconversions.{deltas}) AS a";
        return new MoveRows(
            $"SELECT {key}, {sums} FROM {all} GROUP BY {key} ORDER BY {key} OFFSET $1 LIMIT $2",
            $"INSERT INTO offlineconversions.{table} SELECT * FROM unnest({Lists(types)})",
            types,
            $"SELECT count(*) FROM (SELECT FROM {all} GROUP BY {key}) AS summed"
        );
    }

    /// <summary>Keys with the same end in one row. None of them is split between two slices.</summary>
    private static MoveRows Keys(string table, int kind, string whole, string key) =>
        new(
            $"""
            SELECT ends_at, {kind}, ends_at, string_agg({whole}, ''::bytea ORDER BY {key}) FROM (
                SELECT * FROM offlineconversions.{table} WHERE ends_at > $1
                ORDER BY ends_at FETCH FIRST ($2) ROWS WITH TIES) AS slice
            GROUP BY ends_at ORDER BY ends_at
            """,
            "",
            "nnnb",
            Counted(table)
        )
        {
            IsNumbered = true,
        };

    private static string InsertInto(string table, string types, string[] columns) =>
        $"""
            INSERT INTO offlineconversions.{table} ({string.Join(", ", columns)}) OVERRIDING SYSTEM VALUE
            SELECT * FROM unnest({Lists(types)})
            """;

    private static string Lists(string types) =>
        string.Join(", ", types.Select((type, at) => $"${at + 1}::{Named(type)}[]"));

    private static string Named(char type) =>
        type switch
        {
            'n' => "bigint",
            't' => "text",
            _ => "bytea",
        };

    private static string Counted(string table) => $"SELECT count(*) FROM offlineconversions.{table}";
}
