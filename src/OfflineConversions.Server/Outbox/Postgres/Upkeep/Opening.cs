using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Schema;

namespace OfflineConversions.Server.Outbox.Postgres.Upkeep;

/// <summary>What must have succeeded once before the store is used.</summary>
internal sealed partial class Opening(
    Database database,
    PayloadEncryption encryption,
    TimeSpan longestWait,
    ILogger logger
)
{
    /// <summary>Checks the server, brings the tables up to date and checks the encryption keys.</summary>
    /// <exception cref="Configuration.SettingUnusableException">The operator must change something.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using (var connection = await database.ConnectAsync(cancellationToken))
        {
            await ServerCheck.RequireUsableAsync(connection, cancellationToken);
            var applied = await SchemaSteps.MigrateAsync(connection, cancellationToken);
            if (applied > 0)
            {
                Log.Migrated(logger, applied);
            }
        }

        await KeyRing.RequireSharedAsync(database, encryption, cancellationToken);
        var pulledBack = await Maintenance.PullBackAsync(database, longestWait, cancellationToken);
        if (pulledBack > 0)
        {
            Log.PulledBack(logger, pulledBack);
        }

        Log.Opened(logger);
    }

    /// <summary>Checks again what an administrator may have changed.</summary>
    public async Task CheckServerAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.ConnectAsync(cancellationToken);
        await ServerCheck.RequireUsableAsync(connection, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 438,
            Level = LogLevel.Information,
            Message = "Opened the outbox in the PostgreSQL database"
        )]
        public static partial void Opened(ILogger logger);

        [LoggerMessage(
            EventId = 439,
            Level = LogLevel.Information,
            Message = "Brought the tables of the outbox up to date in {Steps} steps"
        )]
        public static partial void Migrated(ILogger logger, int steps);

        [LoggerMessage(
            EventId = 440,
            Level = LogLevel.Warning,
            Message = "Ended {Count} waits for a next attempt or probe that were longer than any schedule: the "
                + "database's clock was ahead before, or is behind now"
        )]
        public static partial void PulledBack(ILogger logger, int count);
    }
}
