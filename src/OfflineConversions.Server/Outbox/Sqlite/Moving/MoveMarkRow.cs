using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Moving;

namespace OfflineConversions.Server.Outbox.Sqlite.Moving;

/// <summary>The mark that a move leaves in the file.</summary>
internal static class MoveMarkRow
{
    private const int NumberBytes = 16;

    /// <summary>Reads it; <see langword="null"/> if there is none.</summary>
    public static MoveMark? Read(SqliteConnection connection)
    {
        using var row = new Statement(connection, "SELECT move, stage, at FROM moves LIMIT 1");
        var mark =
            row.Read()
            && row.Blob(0) is { Length: NumberBytes } move
            && Enum.TryParse<MoveStage>(row.Text(1), out var stage)
                ? new MoveMark(new Guid(move), stage, row.Time(2))
                : null;
        row.Reset();
        return mark;
    }

    /// <summary>Replaces it, in the transaction that is open.</summary>
    public static void Write(SqliteConnection connection, MoveMark? mark)
    {
        using var delete = new Statement(connection, "DELETE FROM moves");
        delete.Execute();
        if (mark is null)
        {
            return;
        }

        using var insert = new Statement(connection, "INSERT INTO moves (id, stage, move, at) VALUES (1, ?1, ?2, ?3)");
        insert
            .Bind(1, mark.Stage.ToString())
            .Bind(2, (ReadOnlySpan<byte>)mark.Move.ToByteArray())
            .Bind(3, mark.At.ToUnixTimeMilliseconds())
            .Execute();
    }

    /// <summary>Refuses a file that a move has closed, unless it is opened to be moved.</summary>
    /// <exception cref="SettingUnusableException">The file is closed.</exception>
    public static void RequireOpen(SqliteConnection connection, string path, bool isForMove)
    {
        if (!isForMove && Read(connection) is { IsOpen: false } mark)
        {
            throw new SettingUnusableException(mark.Refusal($"the outbox '{path}'"));
        }
    }

    /// <summary>Whether a move has not filled the file completely yet, so that its tables do not agree.</summary>
    public static bool IsArriving(SqliteConnection connection)
    {
        using var exists = new Statement(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'moves'");
        return exists.Scalar() > 0 && Read(connection) is { Stage: MoveStage.Arriving };
    }
}
