using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// What this replica remembers of the store between transactions. It is right as long as the store's edition is the
/// same, which each writing transaction compares while it holds a lock that a change of the edition waits for.
/// </summary>
internal sealed class ReplicaCache
{
    private volatile CachedRows _rows = new(0, Suppressions.None, 0);

    /// <summary>The rows of the edition that was read last.</summary>
    public CachedRows Rows => _rows;

    /// <summary>Begins with what an edition holds, unless a later one is known.</summary>
    public CachedRows Renew(CachedRows rows)
    {
        if (rows.Edition > _rows.Edition)
        {
            _rows = rows;
        }

        return rows;
    }
}

/// <summary>Rows of one edition of the store.</summary>
/// <param name="Edition">The number of the edition.</param>
/// <param name="Suppressions">The erased persons.</param>
/// <param name="OlderKeysEnd">
/// The Unix second at which the last key ends that holds for every connection; 0 if there is none.
/// </param>
internal sealed record CachedRows(long Edition, Suppressions Suppressions, long OlderKeysEnd)
{
    /// <summary>The numbers of destinations. Only those of committed rows.</summary>
    public ConcurrentDictionary<Destination, int> Destinations { get; } = [];

    /// <summary>Reads them.</summary>
    public static async Task<CachedRows> ReadAsync(DatabaseTransaction transaction, long edition)
    {
        var suppressions = await Suppressions.ReadAsync(transaction);
        var older = await transaction.QueryAsync(
            "SELECT coalesce(max(ends_at), 0) FROM offlineconversions.older_keys",
            row => row.GetInt64(0)
        );
        return new CachedRows(edition, suppressions, older[0]);
    }
}
