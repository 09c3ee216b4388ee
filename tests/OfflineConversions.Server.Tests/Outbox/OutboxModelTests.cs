using System.Globalization;
using OfflineConversions.Server.Tests.Outbox.Postgres;
using OfflineConversions.Server.Tests.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>
/// Random sequences of everything that an outbox is asked, beside a simple model. For a long run, set their number:
/// <c>MODEL_SEQUENCES=1000</c>.
/// </summary>
public sealed class OutboxModelTests
{
    private const int Steps = 50;

    private static readonly int Sequences = int.Parse(
        Environment.GetEnvironmentVariable("MODEL_SEQUENCES") ?? "10",
        CultureInfo.InvariantCulture
    );

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Any_sequence_of_calls_to_SQLite_matches_the_model(int seed)
    {
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            using var folder = new TemporaryFolder(fast: true);
            var clock = new AdjustableTime(Some.Now);
            var file = new SqliteModelFile(folder.File("outbox.db"), OutboxModelRun.LongestWait);
            await file.CreateAsync(OutboxModelRun.Older, OutboxModelRun.OlderEnd);
            await RunAsync(
                new OutboxModelRun(new Random((seed * 1000) + sequence), clock, file.Open, file.CrashAsync),
                $"seed {seed}, sequence {sequence}"
            );
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_sequence_of_calls_to_PostgreSQL_matches_the_model(int seed)
    {
        var server = await PostgresServer.SharedAsync();
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            var clock = new AdjustableTime(Some.Now);
            var database = new PostgresModelDatabase(await server.CreateDatabaseAsync(), OutboxModelRun.LongestWait);
            await database.CreateAsync(OutboxModelRun.Older, OutboxModelRun.OlderEnd);
            await RunAsync(
                new OutboxModelRun(new Random((seed * 1000) + sequence), clock, database.Open, database.CrashAsync)
                {
                    HasOneWriter = false,
                    LeasesEndByClock = true,
                },
                $"seed {seed}, sequence {sequence}"
            );
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_sequence_of_calls_to_the_outbox_in_memory_matches_the_model(int seed)
    {
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            var clock = new AdjustableTime(Some.Now);
            var outbox = new InMemoryOutbox(clock, OutboxModelRun.LongestWait);
            foreach (var delivery in OutboxModelRun.Older)
            {
                outbox.TakeKeyOfEveryConnection(delivery, OutboxModelRun.OlderEnd);
            }

            await RunAsync(
                new OutboxModelRun(new Random((seed * 1000) + sequence), clock, outbox.Reopen, crash: null),
                $"seed {seed}, sequence {sequence}"
            );
        }
    }

    private static async Task RunAsync(OutboxModelRun run, string because)
    {
        await using (run)
        {
            for (var step = 0; step < Steps; step++)
            {
                await run.StepAsync();
            }

            await run.CompareAsync(because);
        }
    }
}
