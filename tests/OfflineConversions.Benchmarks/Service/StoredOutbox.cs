using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Benchmarks.Service;

/// <summary>Opens an outbox without a service.</summary>
internal static class StoredOutbox
{
    private static readonly PostgresTiming Timing = new(LongestWait: TimeSpan.FromDays(1));

    public static async Task<IOutboxStore> OpenAsync(OutboxOptions options) =>
        options.Provider == OutboxProvider.PostgreSql
            ? await PostgresOutbox.OpenAsync(options, TimeProvider.System, NullLogger<PostgresOutbox>.Instance, Timing)
            : new SqliteOutbox(options, TimeProvider.System, NullLogger<SqliteOutbox>.Instance);
}
