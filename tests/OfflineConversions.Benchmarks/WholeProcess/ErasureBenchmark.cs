using System.Diagnostics;
using System.Net.Http.Headers;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Sources;

namespace OfflineConversions.Benchmarks.WholeProcess;

/// <summary>
/// How long an erasure takes when many events are stored, and how it slows down the posts and deliveries meanwhile. The
/// stored events belong to a connection that is not configured, so they are not delivered. The posts are delivered to
/// the sandbox in the same process.
/// </summary>
internal static class ErasureBenchmark
{
    private const string OperatorKey = "benchmark-operator-key-0000000000000000";
    private const string Track = "/rudderstack/v1/track";
    private const int Connections = 8;
    private const int Erasures = 3;
    private const int EventsOfJane = 1000;
    private const int EventsAtOnce = 100;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var events = arguments.Count > 0 && int.TryParse(arguments[0], out var given) ? given : 1_000_000;
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            var options = Options(folder.FullName, arguments.Contains("encrypted"));
            await using var service = await ListeningService.StartAsync(options);
            await FillAsync(service.Outbox, new ConversionPipeline(options.Connections["benchmark"]), events);
            var megabytes = new FileInfo(options.Outbox.Path).Length / 1_000_000;
            Report.Note($"{events:N0} stored events, {EventsOfJane} of one person, {megabytes:N0} MB");
            await MeasureAsync(service, report);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(ListeningService service, Report report)
    {
        var load = new Load(Order.RudderStackSample(Load.IdPlaceholder, DateTimeOffset.UtcNow), eventsEach: 1);
        await load.RunAsync(service.Port, Track, Connections, TimeSpan.FromSeconds(3));
        load.TakeLongest();
        report.Row(
            "posts without an erasure",
            [await load.RunAsync(service.Port, Track, Connections, Duration)],
            "1/s"
        );
        report.Row("the slowest of them", [load.TakeLongest().TotalMilliseconds], "ms");

        var (seconds, delivered) = (new List<double>(), new List<double>());
        var (rates, slowest) = (new List<double>(), new List<double>());
        for (var round = 0; round < Erasures; round++)
        {
            var before = await DeliveredAsync(service.Outbox);
            var posting = load.RunAsync(service.Port, Track, Connections, Duration);
            var started = Stopwatch.GetTimestamp();
            Report.Note($"the erasure returned {await EraseAsync(service.Port)}");
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            delivered.Add(await DeliveredAsync(service.Outbox) - before);
            rates.Add(await posting);
            slowest.Add(load.TakeLongest().TotalMilliseconds);
        }

        report.Row("first erasure, which removes the events", seconds[..1], "s");
        report.Row("later erasures, which find nothing", seconds[1..], "s");
        report.Row("events delivered during an erasure", delivered, "events");
        report.Row("posts around an erasure", rates, "1/s");
        report.Row("the slowest of them", slowest, "ms");
        Report.Note($"the ledger: {string.Join(" | ", await service.Outbox.LedgerAsync(default))}");
    }

    private static async Task FillAsync(IOutbox outbox, ConversionPipeline pipeline, int events)
    {
        const string Address = "alex.keener@example.com";
        var order = Order.Of("rudderstack", Load.IdPlaceholder, DateTimeOffset.UtcNow);
        foreach (var numbers in Enumerable.Range(0, events).Chunk(EventsAtOnce))
        {
            await outbox.AppendAsync([.. numbers.Select(Entry)], default);
        }

        OutboxEntry Entry(int number)
        {
            var isJane = number % Math.Max(1, events / EventsOfJane) == 0;
            using var body = JsonTree.Parse(
                order
                    .Replace(Load.IdPlaceholder, $"{number}", StringComparison.Ordinal)
                    .Replace(
                        Address,
                        isJane ? "jane.doe@example.com" : $"{number}@example.com",
                        StringComparison.Ordinal
                    )
            );
            var result = pipeline.Map(body.Root, new Receipt(DateTimeOffset.UtcNow))[0];
            return new OutboxEntry(
                "backlog",
                pipeline.Options.Api,
                ChunkEvents: 1000,
                TimeSpan.FromHours(48),
                result.Deliveries[0]
            );
        }
    }

    private static async Task<long> DeliveredAsync(ILedger outbox) =>
        (await outbox.LedgerAsync(default)).Sum(line => line.Delivered);

    private static async Task<string> EraseAsync(int port)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OperatorKey);
        using var response = await client.PostAsync(
            new Uri($"http://127.0.0.1:{port}/api/erasure"),
            new StringContent("""{"email":"jane.doe@example.com"}""")
        );
        return await response.Content.ReadAsStringAsync();
    }

    private static ServiceOptions Options(string folder, bool encrypt)
    {
        var options = new ServiceOptions
        {
            Outbox = { Path = Path.Combine(folder, "outbox.db"), Encrypt = encrypt },
            Ingestion = { RateLimit = { Enabled = false } },
            Admin = { ApiKey = OperatorKey },
            Sandbox = { Enabled = true },
        };
        options.Connections["benchmark"] = BenchmarkSources.RudderStackConnection();
        return options;
    }
}
