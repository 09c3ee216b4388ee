namespace OfflineConversions.Server.Outbox.Postgres.Connecting;

/// <summary>
/// The time of the store. It is the database's clock, so that replicas whose clocks differ agree on when a lease ends,
/// a key ends or a retry is due. Callers know only their own clock: times that they pass in are shifted by the
/// difference.
/// </summary>
/// <param name="replica">The clock of this process, by which callers compute times.</param>
/// <param name="insteadOfDatabase">Tests: the clock to use instead of the database's.</param>
internal sealed class StoreClock(TimeProvider replica, TimeProvider? insteadOfDatabase)
{
    /// <summary>Whether the time is the database's.</summary>
    public bool IsDatabase => insteadOfDatabase is null;

    /// <summary>The store's time.</summary>
    /// <param name="databaseMilliseconds">The database's clock, in Unix milliseconds.</param>
    public DateTimeOffset Now(long databaseMilliseconds) =>
        insteadOfDatabase?.GetUtcNow() ?? DateTimeOffset.FromUnixTimeMilliseconds(databaseMilliseconds);

    /// <summary>A time by this replica's clock as the store's time.</summary>
    /// <param name="time">A time by this replica's clock.</param>
    /// <param name="now">The store's time at this moment.</param>
    public DateTimeOffset FromReplica(DateTimeOffset time, DateTimeOffset now) =>
        Shift(time, now - replica.GetUtcNow());

    /// <summary>A time of the store by this replica's clock.</summary>
    /// <param name="time">A time of the store.</param>
    /// <param name="now">The store's time at this moment.</param>
    public DateTimeOffset ToReplica(DateTimeOffset time, DateTimeOffset now) => Shift(time, replica.GetUtcNow() - now);

    private static DateTimeOffset Shift(DateTimeOffset time, TimeSpan by) =>
        by > TimeSpan.Zero && time > DateTimeOffset.MaxValue - by ? DateTimeOffset.MaxValue
        : by < TimeSpan.Zero && time < DateTimeOffset.MinValue - by ? DateTimeOffset.MinValue
        : time + by;
}
