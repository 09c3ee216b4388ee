using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>What settlements change in rows that exist, to be written in few statements.</summary>
internal sealed class SettledChunks
{
    private readonly List<long> _deleted = [];
    private readonly List<long> _deferred = [];
    private readonly List<long> _dues = [];
    private readonly List<int> _attempts = [];
    private readonly List<DeduplicationKey> _released = [];

    /// <summary>A chunk stays whole and waits again.</summary>
    public void Defer(long id, DateTimeOffset due, int attempts)
    {
        _deferred.Add(id);
        _dues.Add(due.ToUnixTimeMilliseconds());
        _attempts.Add(attempts);
    }

    /// <summary>A chunk leaves.</summary>
    public void Delete(long id) => _deleted.Add(id);

    /// <summary>Events give up their deduplication keys.</summary>
    public void Release(IEnumerable<DeduplicationKey> keys) => _released.AddRange(keys);

    /// <summary>Writes the changes.</summary>
    public async Task WriteAsync(WriteTransaction transaction)
    {
        List<DatabaseCommand> commands = [];
        if (_deleted.Count > 0)
        {
            commands.Add(
                new DatabaseCommand("DELETE FROM offlineconversions.work WHERE id = ANY($1)", _deleted.ToArray())
            );
        }

        if (_deferred.Count > 0)
        {
            commands.Add(
                new DatabaseCommand(
                    """
                    UPDATE offlineconversions.work SET due_at = settled.due_at, attempts = settled.attempts,
                        lease_end = 0, owner = NULL
                    FROM unnest($1::bigint[], $2::bigint[], $3::int[]) AS settled (id, due_at, attempts)
                    WHERE work.id = settled.id
                    """,
                    _deferred.ToArray(),
                    _dues.ToArray(),
                    _attempts.ToArray()
                )
            );
        }

        await transaction.Database.ExecuteAsync(commands);
        await KeyRows.ReleaseAsync(transaction.Database, _released);
    }
}
