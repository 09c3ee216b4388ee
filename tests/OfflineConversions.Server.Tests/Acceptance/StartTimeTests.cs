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

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>
/// What a start costs with much in the outbox. How long it takes is told, and a matter of the machine; what it reads is
/// not. For a large outbox set the numbers:
/// <c>ACCEPTANCE_BACKLOG=1000000 ACCEPTANCE_KEYS=10000000 dotnet test tests/OfflineConversions.Server.Tests -c Release
/// --filter StartTimeTests --logger "console;verbosity=detailed"</c>.
/// </summary>
public sealed class StartTimeTests(ITestOutputHelper output) : IDisposable
{
    private const int EventBytes = 900;
    private const int EventsAtOnce = 100;

    /// <summary>The first batches are on their way to delivery when the start is over.</summary>
    private const long SomeBatchesBytes = 16_000_000;

    // More than 64 MiB: a smaller file is read through at the start, which takes no time.
    private static readonly int Backlog = Number("ACCEPTANCE_BACKLOG", 100_000);
    private static readonly int Keys = Number("ACCEPTANCE_KEYS", 100_000);

    private readonly TemporaryFolder _folder = new(fast: true);

    [ProcFact]
    public async Task A_start_reads_the_keys_of_the_window_and_nothing_of_what_waits()
    {
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

    /// <returns>The bytes it read.</returns>
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
                $"{waiting} events waiting: ready after {took.TotalSeconds:0.00} s, {service.ProcessorTime.TotalSeconds:0.00} s of them at work, {read / 1_000_000} MB read, {service.MemoryBytes / 1_000_000} MB resident"
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

    /// <summary>Keys of deliveries long gone, as many commits of a hundred events each left them.</summary>
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

    /// <summary>A fact about what the kernel counts for a process.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ProcFactAttribute : FactAttribute
    {
        public ProcFactAttribute() =>
            Skip = File.Exists("/proc/self/io") ? null : "There is no /proc that counts what a process reads.";
    }

    private sealed record Waiting(string Connection, long Events);
}
