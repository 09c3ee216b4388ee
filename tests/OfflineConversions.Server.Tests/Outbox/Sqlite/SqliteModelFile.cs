using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>An outbox file that is closed, killed and opened again.</summary>
internal sealed class SqliteModelFile(string file, TimeSpan longestWait)
{
    private string _file = file;
    private int _crashes;

    public IOutboxStore Open(TimeProvider clock) =>
        new SqliteOutbox(
            new OutboxOptions { Path = _file, FailedRetention = TimeSpan.FromDays(3650) },
            clock,
            NullLogger<SqliteOutbox>.Instance,
            longestWait: longestWait
        );

    /// <summary>Creates the file with keys as an earlier version took them.</summary>
    public async Task CreateAsync(IEnumerable<EventDelivery> known, DateTimeOffset end)
    {
        await using (Open(TimeProvider.System)) { }

        foreach (var delivery in known)
        {
            OlderKeys.Take(_file, delivery, end);
        }
    }

    /// <summary>Only what is on disk at this moment remains.</summary>
    public async Task CrashAsync(IOutboxStore outbox)
    {
        var copy = string.Create(CultureInfo.InvariantCulture, $"{_file}-{++_crashes}");
        await using (var reader = new SqliteConnection($"Data Source={_file};Pooling=False"))
        {
            // The writer may be scrubbing. While a snapshot is read it cannot empty the WAL between one copy and the
            // other, which no kill does either.
            await reader.OpenAsync();
            await using var snapshot = reader.BeginTransaction(deferred: true);
            await using var read = reader.CreateCommand();
            (read.Transaction, read.CommandText) = (snapshot, "SELECT count(*) FROM sqlite_schema");
            await read.ExecuteScalarAsync();
            File.Copy(_file, copy);
            File.Copy(_file + "-wal", copy + "-wal");
        }

        await outbox.DisposeAsync();
        File.Delete(_file + ".reserve");
        _file = copy;
    }
}
