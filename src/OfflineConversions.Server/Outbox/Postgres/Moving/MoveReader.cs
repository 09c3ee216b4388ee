using Npgsql;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Moving;

/// <summary>Reads the rows of the database in the form that stores exchange.</summary>
internal static class MoveReader
{
    /// <summary>Reads the next rows.</summary>
    public static async Task<MoveSlice> ReadAsync(DatabaseTransaction transaction, MoveTable table, long position)
    {
        var known = MoveRows.ByTable[table.Name];
        var rows = await transaction.QueryAsync(
            known.Select,
            Values,
            known.IsNumbered ? position : Math.Max(0, position),
            (long)table.RowsAtOnce
        );
        var next =
            rows.Count == 0 ? position
            : known.IsNumbered ? (long)rows[^1][0]!
            : Math.Max(0, position) + rows.Count;
        return new MoveSlice(rows, next, rows.Count == 0);
    }

    private static object?[] Values(NpgsqlDataReader row)
    {
        var values = new object?[row.FieldCount];
        for (var column = 0; column < values.Length; column++)
        {
            values[column] = row.GetValue(column) switch
            {
                DBNull => null,
                int number => (long)number,
                short number => (long)number,
                bool isTrue => isTrue ? 1L : 0L,
                var value => value,
            };
        }

        return values;
    }
}
