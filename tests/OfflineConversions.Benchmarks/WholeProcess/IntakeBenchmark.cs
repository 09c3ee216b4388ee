using System.Net;
using System.Net.Sockets;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Benchmarks.WholeProcess;

/// <summary>
/// How many events a second are on disk before the response, beside a bare Kestrel endpoint that reads the same bodies
/// and their JSON. Meta accepts connections meanwhile but never responds, so this measures ingestion, mapping and the
/// commit. The service and its clients share the machine.
/// </summary>
internal static class IntakeBenchmark
{
    private const int Rounds = 3;
    private const int BatchEvents = 100;
    private const string Track = "/rudderstack/v1/track";

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var seconds = arguments.Count > 0 && int.TryParse(arguments[0], out var given) ? given : 3;
        var (duration, encrypt) = (TimeSpan.FromSeconds(seconds), arguments.Contains("encrypted"));
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            using var meta = new TcpListener(IPAddress.Loopback, 0);
            meta.Start();
            await using var bare = await BareEndpoint.StartAsync();
            var options = Options(folder.FullName, ((IPEndPoint)meta.LocalEndpoint).Port, encrypt);
            await using var service = await ListeningService.StartAsync(options);
            await MeasureAsync(bare, service, duration, report);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(
        BareEndpoint bare,
        ListeningService service,
        TimeSpan duration,
        Report report
    )
    {
        var now = DateTimeOffset.UtcNow;
        var oneOrder = Order.Of("rudderstack", Load.IdPlaceholder, now);
        var sample = new Load(Order.RudderStackSample(Load.IdPlaceholder, now), eventsEach: 1);
        var order = new Load(oneOrder, eventsEach: 1);
        var batch = new Load(
            $$"""{"batch":[{{string.Join(',', Enumerable.Repeat(oneOrder, BatchEvents))}}]}""",
            BatchEvents
        );
        Report.Note($"sample {sample.BodyBytes} B, order {order.BodyBytes} B, batch of 100 orders {batch.BodyBytes} B");

        var bareSample = new Row("bare Kestrel, the page's sample, 64 connections", sample, bare, "/walk", 64);
        var sample1 = new Row("durable single posts of the sample, 1 connection", sample, service, Track, 1);
        var sample64 = new Row("durable single posts of the sample, 64 connections", sample, service, Track, 64);
        var order1 = new Row("durable single posts of the order, 1 connection", order, service, Track, 1);
        var order64 = new Row("durable single posts of the order, 64 connections", order, service, Track, 64);
        var bareBatch = new Row("bare Kestrel, batches of 100, 8 connections", batch, bare, "/walk", 8);
        var batch8 = new Row("durable batches of 100, 8 connections", batch, service, "/rudderstack/v1/batch", 8);
        Row[] rows = [bareSample, sample1, sample64, order1, order64, bareBatch, batch8];

        // Round by round, so that a machine that drifts drifts for all rows. The first round warms up.
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var row in rows)
            {
                await row.MeasureAsync(duration, count: round > 0);
            }
        }

        var commits = service.Commits;
        var rate = await sample.RunAsync(service.Port, Track, 64, duration);
        commits = service.Commits - commits;
        foreach (var row in rows)
        {
            report.Row(row.Name, row.Rates, "events/s");
        }

        report.Row("events in one commit, 64 connections", [rate * duration.TotalSeconds / commits], "events");
        report.Row("the sample: 64 connections / 1 connection", sample64.RatioTo(sample1), "x");
        report.Row("the order: 64 connections / 1 connection", order64.RatioTo(order1), "x");
        report.Row("durable single posts of the sample / bare Kestrel", sample64.RatioTo(bareSample), "x");
        report.Row("durable batches / bare Kestrel", batch8.RatioTo(bareBatch), "x");
    }

    private static ServiceOptions Options(string folder, int metaPort, bool encrypt)
    {
        var options = new ServiceOptions
        {
            Graph = { BaseAddress = new Uri($"http://127.0.0.1:{metaPort}"), Timeout = TimeSpan.FromHours(1) },
            Delivery = { DrainTimeout = TimeSpan.FromSeconds(1) },
            Outbox = { Path = Path.Combine(folder, "outbox.db"), Encrypt = encrypt },
            Ingestion = { RateLimit = { Enabled = false } },
        };
        options.Connections["benchmark"] = BenchmarkSources.RudderStackConnection();
        return options;
    }

    /// <summary>One load on one service, measured once in each round.</summary>
    private sealed class Row(string name, Load load, ListeningService service, string path, int connections)
    {
        public string Name => name;

        /// <summary>The events a second of each round that counts.</summary>
        public List<double> Rates { get; } = [];

        public async Task MeasureAsync(TimeSpan duration, bool count)
        {
            var rate = await load.RunAsync(service.Port, path, connections, duration);
            if (count)
            {
                Rates.Add(rate);
            }
        }

        public double[] RatioTo(Row other) => [.. Rates.Zip(other.Rates, (one, another) => one / another)];
    }
}
