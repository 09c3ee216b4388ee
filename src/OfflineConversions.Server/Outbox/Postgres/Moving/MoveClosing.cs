using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Moving;

/// <summary>
/// Closes the database to the service and opens it again, in a transaction that is alone: no transaction of a replica
/// that writes events is active.
/// </summary>
internal static class MoveClosing
{
    /// <summary>Replaces the mark of a move.</summary>
    /// <exception cref="SettingUnusableException">A replica uses the database, so it cannot be closed.</exception>
    public static async Task<bool> WriteAsync(DatabaseTransaction transaction, MoveMark? mark)
    {
        if (mark is { IsOpen: false })
        {
            await RequireAloneAsync(transaction);
        }

        await transaction.ExecuteAsync([.. Commands(mark)]);
        return true;
    }

    private static IEnumerable<DatabaseCommand> Commands(MoveMark? mark)
    {
        yield return new DatabaseCommand("DELETE FROM offlineconversions.moves");
        yield return new DatabaseCommand(
            "UPDATE offlineconversions.state SET is_closed = $1",
            mark is { IsOpen: false }
        );
        if (mark is not null)
        {
            yield return new DatabaseCommand(
                "INSERT INTO offlineconversions.moves (move, stage, at) VALUES ($1, $2, $3)",
                mark.Move,
                mark.Stage.ToString(),
                mark.At.ToUnixTimeMilliseconds()
            );
        }

        if (mark?.Stage is null or MoveStage.Leaving or MoveStage.Arriving)
        {
            yield return new DatabaseCommand("DELETE FROM offlineconversions.move_progress");
        }
    }

    private static async Task RequireAloneAsync(DatabaseTransaction transaction)
    {
        var alive = await transaction.QueryAsync(
            "SELECT count(*) FROM offlineconversions.tasks WHERE name LIKE 'replica %' AND until > $1",
            row => row.GetInt64(0),
            transaction.NowMilliseconds
        );
        if (alive[0] > 0)
        {
            throw new SettingUnusableException(
                $"The service uses the database; replicas: {alive[0]}. Stop all of them. One that was killed counts "
                    + "for a minute."
            );
        }
    }
}
