using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>Opens outboxes as replicas do.</summary>
internal static class Replica
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>One by the database's clock.</summary>
    public static Task<PostgresOutbox> OpenAsync(string database, TimeSpan? leaseDuration = null) =>
        OpenAsync(Options(database, leaseDuration));

    /// <summary>One with other options, by the database's clock.</summary>
    public static Task<PostgresOutbox> OpenAsync(OutboxOptions options) =>
        PostgresOutbox.OpenAsync(
            options,
            TimeProvider.System,
            NullLogger<PostgresOutbox>.Instance,
            new PostgresTiming(LongestWait)
        );

    /// <summary>One by a clock that the test moves.</summary>
    public static Task<PostgresOutbox> OpenAsync(string database, TimeProvider clock) =>
        PostgresOutbox.OpenAsync(
            Options(database),
            clock,
            NullLogger<PostgresOutbox>.Instance,
            new PostgresTiming(LongestWait, UsesDatabaseClock: false)
        );

    public static OutboxOptions Options(string database, TimeSpan? leaseDuration = null) =>
        new()
        {
            Provider = OutboxProvider.PostgreSql,
            ConnectionString = database,
            LeaseDuration = leaseDuration ?? TimeSpan.FromSeconds(5),
        };
}
