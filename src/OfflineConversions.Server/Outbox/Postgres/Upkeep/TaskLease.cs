using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Upkeep;

/// <summary>
/// Work that only one replica does at a time. It keeps the task for a while, and others take over after it.
/// </summary>
internal sealed class TaskLease(Database database, Guid owner)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    /// <summary>Notes that this replica is alive, for a minute. It is a commit that writes.</summary>
    public Task<bool> SignOfLifeAsync(CancellationToken cancellationToken) =>
        TryTakeAsync($"replica {owner}", LongestSilence, cancellationToken);

    /// <summary>Takes or keeps a task.</summary>
    /// <returns>Whether this replica has it.</returns>
    public async Task<bool> TryTakeAsync(string name, TimeSpan duration, CancellationToken cancellationToken) =>
        await database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    """
                    INSERT INTO offlineconversions.tasks AS known (name, owner, until) VALUES ($1, $2, $3)
                    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
                    WHERE known.owner = excluded.owner OR known.until <= $4
                    """,
                    name,
                    owner,
                    (transaction.Now + duration).ToUnixTimeMilliseconds(),
                    transaction.NowMilliseconds
                ),
            cancellationToken
        ) > 0;

    /// <summary>Gives up everything, so that another replica need not wait.</summary>
    public Task<int> ReleaseAllAsync() =>
        database.RunAsync(
            transaction => transaction.ExecuteAsync("DELETE FROM offlineconversions.tasks WHERE owner = $1", owner),
            CancellationToken.None
        );
}
