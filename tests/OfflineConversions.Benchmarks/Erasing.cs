using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Sources;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// How long an erasure takes through its route where many events are stored, and what it does to the posts and
/// deliveries that go on meanwhile. The stored events belong to a connection that is not configured, so they stay; the
/// posts are delivered to the sandbox of the same process.
/// </summary>
internal static class Erasing
{
    private const string OperatorKey = "benchmark-operator-key-0000000000000000";
    private const int Connections = 8;
    private const int EventsOfJane = 1000;
    private const int EventsAtOnce = 100;

    public static async Task RunAsync(int events, bool encrypt)
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            var options = Options(folder.FullName, encrypt);
            await using var service = await ListeningService.StartAsync(options);
            await FillAsync(service.Outbox, new ConversionPipeline(options.Connections["benchmark"]), events);
            Console.WriteLine(
                $"{events:N0} stored events, {EventsOfJane} of one person, {new FileInfo(options.Outbox.Path).Length / 1_000_000:N0} MB, encrypted: {encrypt}"
            );

            var load = new Load(Samples.RudderStackSample(Load.IdPlaceholder, DateTimeOffset.UtcNow), eventsEach: 1);
            await load.RunAsync(service.Port, "/rudderstack/v1/track", Connections, TimeSpan.FromSeconds(3));
            Report(
                load,
                "without an erasure",
                await load.RunAsync(service.Port, "/rudderstack/v1/track", Connections, TimeSpan.FromSeconds(10))
            );

            for (var round = 0; round < 3; round++)
            {
                var delivered = await DeliveredAsync(service.Outbox);
                var posting = load.RunAsync(
                    service.Port,
                    "/rudderstack/v1/track",
                    Connections,
                    TimeSpan.FromSeconds(10)
                );
                var started = Stopwatch.GetTimestamp();
                var answer = await EraseAsync(service.Port);
                Console.WriteLine(
                    $"erased in {Stopwatch.GetElapsedTime(started).TotalSeconds:N2} s, {await DeliveredAsync(service.Outbox) - delivered:N0} events delivered meanwhile: {answer}"
                );
                Report(load, "posts around it", await posting);
            }

            Console.WriteLine($"the ledger: {string.Join(" | ", await service.Outbox.LedgerAsync(default))}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Report(Load load, string name, double rate) =>
        Console.WriteLine(
            $"{name}: {rate:N0} posts/s over {Connections} connections, the longest took {load.TakeLongest().TotalMilliseconds:N0} ms"
        );

    private static async Task FillAsync(IOutbox outbox, ConversionPipeline pipeline, int events)
    {
        const string Address = "alex.keener@example.com";
        var order = Encoding.UTF8.GetString(Samples.RudderStackOrder(Load.IdPlaceholder, DateTimeOffset.UtcNow));
        var made = 0;
        while (made < events)
        {
            var entries = new List<OutboxEntry>(EventsAtOnce);
            for (var i = 0; i < EventsAtOnce && made < events; i++, made++)
            {
                var address =
                    made % Math.Max(1, events / EventsOfJane) == 0 ? "jane.doe@example.com" : $"{made}@example.com";
                using var body = JsonDocument.Parse(
                    order
                        .Replace(Load.IdPlaceholder, $"{made}", StringComparison.Ordinal)
                        .Replace(Address, address, StringComparison.Ordinal)
                );
                var delivery = pipeline.Map(body.RootElement, new Receipt(DateTimeOffset.UtcNow, null))[0].Deliveries[
                    0
                ];
                entries.Add(new OutboxEntry("backlog", MetaApi.ConversionsApi, 1000, TimeSpan.FromHours(48), delivery));
            }

            await outbox.AppendAsync(entries, default);
        }
    }

    private static async Task<long> DeliveredAsync(ILedger outbox) =>
        (await outbox.LedgerAsync(default)).Sum(line => line.Delivered);

    private static async Task<string> EraseAsync(int port)
    {
        using var handler = new SocketsHttpHandler();
        using var client = new HttpClient(handler, disposeHandler: false);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OperatorKey);
        using var answer = await client.PostAsync(
            new Uri($"http://127.0.0.1:{port}/api/erasure"),
            new StringContent("""{"email":"jane.doe@example.com"}""")
        );
        return await answer.Content.ReadAsStringAsync();
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
        options.Connections["benchmark"] = new ConnectionOptions
        {
            Source = RudderStackDefinition.Instance,
            WriteKeys = ["benchmark-key"],
            AccessToken = "benchmark",
            SourceOptions = new RudderStackOptions
            {
                EventsToIds = [new() { From = "Purchase", To = "1" }, new() { From = "AddToCart", To = "1" }],
            },
        };
        return options;
    }
}
