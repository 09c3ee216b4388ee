using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>An outbox database whose replica is stopped, killed and started again.</summary>
internal sealed class PostgresModelDatabase(string database, TimeSpan longestWait)
{
    public IOutboxStore Open(TimeProvider clock) =>
        PostgresOutbox.Open(
            new OutboxOptions
            {
                Provider = OutboxProvider.PostgreSql,
                ConnectionString = database,
                FailedRetention = TimeSpan.FromDays(3650),
                LeaseDuration = TimeSpan.FromMinutes(5),
            },
            clock,
            NullLogger<PostgresOutbox>.Instance,
            new PostgresTiming(longestWait, UsesDatabaseClock: false)
        );

    /// <summary>Creates the tables, with keys as an earlier version took them.</summary>
    public async Task CreateAsync(IEnumerable<EventDelivery> known, DateTimeOffset end)
    {
        await using (Open(TimeProvider.System)) { }

        // A lease skips what upkeep is moving at this moment, which the model does not know. Another test shows that
        // upkeep loses nothing.
        await PostgresServer.ExecuteAsync(
            database,
            """
            INSERT INTO offlineconversions.tasks VALUES ('maintenance', gen_random_uuid(), 9000000000000000)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
            """
        );
        foreach (var delivery in known)
        {
            await OlderPostgresKeys.TakeAsync(database, delivery, end);
        }
    }

    /// <summary>The replica is killed, and its leases end before the next one starts.</summary>
    public async Task CrashAsync(IOutboxStore outbox)
    {
        await ((PostgresOutbox)outbox).AbandonAsync();
        await PostgresServer.ExecuteAsync(database, "UPDATE offlineconversions.work SET lease_end = 0");
    }
}
