using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Targets.Meta;
using Xunit.Abstractions;

namespace OfflineConversions.Server.Tests.Acceptance.StartUp;

/// <summary>
/// What a start costs when the outbox is large. The test prints how long it takes, which depends on the machine, and
/// asserts how much it reads, which does not. For a large outbox, set the numbers:
/// <c>ACCEPTANCE_BACKLOG=1000000 ACCEPTANCE_KEYS=10000000 dotnet test tests/OfflineConversions.Server.Tests -c Release
/// --filter StartTimeTests --logger "console;verbosity=detailed"</c>.
/// </summary>
public sealed class StartTimeTests(ITestOutputHelper output) : IDisposable
{
    private const int EventBytes = 900;
    private const int EventsAtOnce = 100;

    /// <summary>When the start is over, the first batches have been read for delivery.</summary>
    private const long SomeBatchesBytes = 16_000_000;

    // More than 64 MiB: a start reads a smaller file completely, which takes no time.
    private static readonly int Backlog = Number("ACCEPTANCE_BACKLOG", 100_000);
    private static readonly int Keys = Number("ACCEPTANCE_KEYS", 100_000);

    private readonly TemporaryFolder _folder = new(fast: true);

    [ProcFact]
    public async Task A_start_reads_the_keys_of_the_window_and_no_waiting_events()
    {
        OutboxUnderTest.MustBeFile();
        var settings = Settings.GraphNowhere();
        var empty = await StartAsync(settings);
        await FillAsync();
        AddKeys();

        var full = await StartAsync(settings);

        (full - empty).Should().BeLessThan(((Backlog + Keys) * 2 * 16) + SomeBatchesBytes);
    }

    public void Dispose() => _folder.Dispose();

    private static int Number(string variable, int usual) =>
        Environment.GetEnvironmentVariable(variable) is { } number
            ? int.Parse(number, CultureInfo.InvariantCulture)
            : usual;

    /// <returns>The bytes that the start read.</returns>
    private async Task<long> StartAsync(string settings)
    {
        var began = TimeProvider.System.GetTimestamp();
        await using var service = await ServiceProcess.StartAsync(_folder, settings);
        var (took, read) = (TimeProvider.System.GetElapsedTime(began), service.BytesRead);
        var waiting = (await service.OperateAsync<Waiting[]>(HttpMethod.Get, "/api/backlog")).Sum(connection =>
            connection.Events
        );
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {waiting} events waiting: ready after {took.TotalSeconds:0.00} s,
                {service.ProcessorTime.TotalSeconds:0.00} s of processor time,
                {read / 1_000_000} MB read, {service.MemoryBytes / 1_000_000} MB resident
                """
            )
        );
        return read;
    }

    private async Task FillAsync()
    {
        var payload = new byte[EventBytes];
        payload.AsSpan().Fill((byte)' ');
        (payload[0], payload[^1]) = ((byte)'{', (byte)'}');
        var expires = DateTimeOffset.UtcNow.AddDays(7);
        await using var outbox = new SqliteOutbox(
            new OutboxOptions { Path = _folder.File("data/outbox.db") },
            TimeProvider.System,
            NullLogger<SqliteOutbox>.Instance
        );
        for (var i = 0; i < Backlog; i += EventsAtOnce)
        {
            var entries = Enumerable
                .Range(i, EventsAtOnce)
                .Select(number => new OutboxEntry(
                    "segment",
                    MetaApi.ConversionsApi,
                    1000,
                    TimeSpan.FromHours(48),
                    new("2", null, "Purchase", $"order-{number}", expires, payload)
                ));
            await outbox.AppendAsync([.. entries], default);
        }
    }

    /// <summary>Adds keys of old deliveries, as commits of a hundred events each write them.</summary>
    private void AddKeys()
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("data/outbox.db")};Pooling=False");
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO taken_keys (expires_at, keys) VALUES ($until, $keys)";
        insert.Parameters.AddWithValue("$until", DateTimeOffset.UtcNow.AddHours(48).ToUnixTimeMilliseconds());
        var keys = insert.Parameters.AddWithValue("$keys", Array.Empty<byte>());
        for (var i = 0; i < Keys; i += EventsAtOnce)
        {
            keys.Value = RandomNumberGenerator.GetBytes(EventsAtOnce * 16);
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>A fact about the counters that Linux keeps for a process.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ProcFactAttribute : FactAttribute
    {
        public ProcFactAttribute() =>
            Skip = File.Exists("/proc/self/io") ? null : "This system has no /proc that counts what a process reads.";
    }

    private sealed record Waiting(string Connection, long Events);
}
