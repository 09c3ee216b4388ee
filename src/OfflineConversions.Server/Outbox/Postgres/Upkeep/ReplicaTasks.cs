using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Upkeep;

/// <summary>
/// What replicas arrange among each other: which of them does what only one may do at a time, how many there are, and
/// what they let each other know.
/// </summary>
internal sealed class ReplicaTasks(Database database, Guid owner) : IReplicaStore
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private int _replicas = 1;

    /// <inheritdoc/>
    public int Replicas => Volatile.Read(ref _replicas);

    /// <summary>
    /// Notes that this replica is alive, for a minute, and counts those that are. It is a commit that writes.
    /// </summary>
    public async Task SignOfLifeAsync(CancellationToken cancellationToken)
    {
        await TryTakeTaskAsync($"replica {owner}", LongestSilence, cancellationToken);
        var alive = await database.RunAsync(
            transaction =>
                transaction.QueryAsync(
                    "SELECT count(*) FROM offlineconversions.tasks WHERE name LIKE 'replica %' AND until > $1",
                    row => row.GetInt64(0),
                    transaction.NowMilliseconds
                ),
            cancellationToken
        );
        Volatile.Write(ref _replicas, (int)Math.Max(1, alive[0]));
    }

    /// <inheritdoc/>
    public async ValueTask<TaskLease?> TryTakeTaskAsync(
        string task,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        var fences = await database.RunAsync(
            transaction =>
                transaction.QueryAsync(
                    """
                    INSERT INTO offlineconversions.tasks AS known (name, owner, until, fence) VALUES ($1, $2, $3, 1)
                    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until,
                        fence = known.fence + (known.owner <> excluded.owner OR known.until <= $4)::int
                    WHERE known.owner = excluded.owner OR known.until <= $4
                    RETURNING fence
                    """,
                    row => row.GetInt64(0),
                    task,
                    owner,
                    (transaction.Now + duration).ToUnixTimeMilliseconds(),
                    transaction.NowMilliseconds
                ),
            cancellationToken
        );
        return fences.Count > 0 ? new TaskLease(task, fences[0], IsShared: true) : null;
    }

    /// <summary>
    /// Whether a lease is current. Until the transaction ends, no other process takes the task.
    /// </summary>
    public async Task<bool> HoldAsync(DatabaseTransaction transaction, TaskLease lease)
    {
        var current = await transaction.QueryAsync(
            "SELECT true FROM offlineconversions.tasks WHERE name = $1 AND owner = $2 AND fence = $3 FOR SHARE",
            row => row.GetBoolean(0),
            lease.Task,
            owner,
            lease.Fence
        );
        return current.Count > 0;
    }

    /// <inheritdoc/>
    public async ValueTask ReturnTaskAsync(TaskLease lease, CancellationToken cancellationToken) =>
        await database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    "UPDATE offlineconversions.tasks SET until = 0 WHERE name = $1 AND owner = $2 AND fence = $3",
                    lease.Task,
                    owner,
                    lease.Fence
                ),
            cancellationToken
        );

    /// <summary>Gives up everything, so that another replica need not wait.</summary>
    public Task<int> ReleaseAllAsync() =>
        database.RunAsync(
            transaction =>
                transaction.ExecuteAsync("UPDATE offlineconversions.tasks SET until = 0 WHERE owner = $1", owner),
            CancellationToken.None
        );

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SharedNote>> NotesAsync(string prefix, CancellationToken cancellationToken) =>
        await database.RunAsync(
            transaction =>
                transaction.QueryAsync(
                    """
                    SELECT name, content, noted_at FROM offlineconversions.notes WHERE starts_with(name, $1)
                    ORDER BY name
                    """,
                    row => new SharedNote(
                        row.GetString(0),
                        row.GetString(1),
                        database.Clock.ToReplica(ChunkFormat.ReadTime(row.GetInt64(2)), transaction.Now)
                    ),
                    prefix
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask NoteAsync(string name, string text, CancellationToken cancellationToken) =>
        await database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    """
                    INSERT INTO offlineconversions.notes (name, content, noted_at) VALUES ($1, $2, $3)
                    ON CONFLICT (name) DO UPDATE SET content = excluded.content, noted_at = excluded.noted_at
                    """,
                    name,
                    text,
                    transaction.NowMilliseconds
                ),
            cancellationToken
        );

    /// <summary>Forgets replicas that ended long ago, and what was noted long ago.</summary>
    public Task<int> ForgetAsync(CancellationToken cancellationToken) =>
        database.RunAsync(
            async transaction =>
            {
                var (day, quarter) = (transaction.Now.AddDays(-1), transaction.Now.AddDays(-90));
                var forgotten = await transaction.ExecuteAsync(
                    "DELETE FROM offlineconversions.tasks WHERE name LIKE 'replica %' AND until < $1",
                    day.ToUnixTimeMilliseconds()
                );
                return forgotten
                    + await transaction.ExecuteAsync(
                        "DELETE FROM offlineconversions.notes WHERE noted_at < $1",
                        quarter.ToUnixTimeMilliseconds()
                    );
            },
            cancellationToken
        );
}
