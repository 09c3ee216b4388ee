using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>The recoveries that were not acknowledged, in the database that they led to.</summary>
internal static class RecoveryRows
{
    /// <summary>Reads them, oldest first.</summary>
    public static IReadOnlyList<RecoveryNotice> Read(SqliteConnection connection)
    {
        var notices = new List<RecoveryNotice>();
        using var rows = new Statement(
            connection,
            "SELECT at, cause, waiting, failed, unreadable, missing IS NULL, missing FROM recoveries ORDER BY id"
        );
        while (rows.Read())
        {
            notices.Add(
                new RecoveryNotice(
                    rows.Time(0),
                    rows.Text(1),
                    rows.Integer(2),
                    rows.Integer(3),
                    rows.Integer(4),
                    rows.Integer(5) != 0 ? null : rows.Integer(6)
                )
            );
        }

        return notices;
    }

    /// <summary>Adds one.</summary>
    public static void Add(SqliteConnection connection, RecoveryNotice notice)
    {
        using var insert = new Statement(
            connection,
            """
            INSERT INTO recoveries (at, cause, waiting, failed, unreadable, missing) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """
        );
        insert
            .Bind(1, notice.At.ToUnixTimeMilliseconds())
            .Bind(2, notice.Cause)
            .Bind(3, notice.Waiting)
            .Bind(4, notice.Failed)
            .Bind(5, notice.Unreadable)
            .Bind(6, notice.Missing)
            .Execute();
    }

    /// <summary>Deletes them all.</summary>
    public static int Clear(SqliteConnection connection)
    {
        using var delete = new Statement(connection, "DELETE FROM recoveries");
        return delete.Execute();
    }
}
