using System.Net;
using System.Net.Sockets;
using System.Text;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Sources.RudderStack;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// How many events a second are taken durably, beside a bare Kestrel endpoint that reads the same bodies and walks
/// their JSON. Meta takes requests meanwhile but never answers, so what is measured is the border, the mapping and the
/// commit. Server and clients share the machine.
/// </summary>
internal static class Intake
{
    private const int Rounds = 3;
    private const string WriteKey = "benchmark-key";

    public static async Task RunAsync(TimeSpan duration, bool encrypt)
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            using var meta = new TcpListener(IPAddress.Loopback, 0);
            meta.Start();
            await using var bare = await BareEndpoint.StartAsync();
            await using var service = await StartServiceAsync(
                folder.FullName,
                ((IPEndPoint)meta.LocalEndpoint).Port,
                encrypt
            );
            var single = new Load(Samples.RudderStackSample(Load.IdPlaceholder, DateTimeOffset.UtcNow), eventsEach: 1);
            var order = new Load(Samples.RudderStackOrder(Load.IdPlaceholder, DateTimeOffset.UtcNow), eventsEach: 1);
            var batch = new Load(Batch(100), eventsEach: 100);
            Console.WriteLine(
                $"sample {single.BodyBytes} B, order {order.BodyBytes} B, batch of 100 orders {batch.BodyBytes} B, {Environment.ProcessorCount} cores shared by server and clients, payloads encrypted: {encrypt}"
            );

            (string Name, Func<Task<double>> Measure)[] rows =
            [
                ("bare Kestrel, the page's sample, 64 connections", () =>
                    single.RunAsync(bare.Port, "/walk", 64, duration)
                ),
                ("durable single posts of the sample, 1 connection", () =>
                    single.RunAsync(service.Port, "/rudderstack/v1/track", 1, duration)
                ),
                ("durable single posts of the sample, 64 connections", () =>
                    single.RunAsync(service.Port, "/rudderstack/v1/track", 64, duration)
                ),
                ("durable single posts of the order, 1 connection", () =>
                    order.RunAsync(service.Port, "/rudderstack/v1/track", 1, duration)
                ),
                ("durable single posts of the order, 64 connections", () =>
                    order.RunAsync(service.Port, "/rudderstack/v1/track", 64, duration)
                ),
                ("bare Kestrel, batches of 100, 8 connections", () => batch.RunAsync(bare.Port, "/walk", 8, duration)),
                ("durable batches of 100, 8 connections", () =>
                    batch.RunAsync(service.Port, "/rudderstack/v1/batch", 8, duration)
                ),
            ];
            var figures = await MeasureAsync(rows);
            var commits = service.Commits;
            var rate = await single.RunAsync(service.Port, "/rudderstack/v1/track", 64, duration);
            commits = service.Commits - commits;
            for (var row = 0; row < rows.Length; row++)
            {
                Report.Row(rows[row].Name, figures[row], "events/s");
            }

            Console.WriteLine($"at 64 connections one commit holds {rate * duration.TotalSeconds / commits:N1} events");
            Report.Row("the sample: 64 connections / 1 connection", Ratio(figures[2], figures[1]), "x");
            Report.Row("the order: 64 connections / 1 connection", Ratio(figures[4], figures[3]), "x");
            Report.Row("durable single posts of the sample / bare Kestrel", Ratio(figures[2], figures[0]), "x");
            Report.Row("durable batches / bare Kestrel", Ratio(figures[6], figures[5]), "x");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Round by round, so that a machine that drifts drifts for all rows alike.
    private static async Task<double[][]> MeasureAsync((string Name, Func<Task<double>> Measure)[] rows)
    {
        var figures = rows.Select(_ => new double[Rounds]).ToArray();
        for (var round = -1; round < Rounds; round++)
        {
            for (var row = 0; row < rows.Length; row++)
            {
                var rate = await rows[row].Measure();
                if (round >= 0)
                {
                    figures[row][round] = rate;
                }
            }
        }

        return figures;
    }

    private static Task<ListeningService> StartServiceAsync(string folder, int metaPort, bool encrypt)
    {
        var options = new ServiceOptions
        {
            Graph = { BaseAddress = new Uri($"http://127.0.0.1:{metaPort}"), Timeout = TimeSpan.FromHours(1) },
            Delivery = { DrainTimeout = TimeSpan.FromSeconds(1) },
            Outbox = { Path = Path.Combine(folder, "outbox.db"), Encrypt = encrypt },
            Ingestion = { RateLimit = { Enabled = false } },
        };
        options.Connections["benchmark"] = new ConnectionOptions
        {
            Source = RudderStackDefinition.Instance,
            WriteKeys = [WriteKey],
            AccessToken = "benchmark",
            SourceOptions = new RudderStackOptions
            {
                EventsToIds = [new() { From = "Purchase", To = "1" }, new() { From = "AddToCart", To = "1" }],
            },
        };
        return ListeningService.StartAsync(options);
    }

    private static byte[] Batch(int count)
    {
        var order = Encoding.UTF8.GetString(Samples.RudderStackOrder(Load.IdPlaceholder, DateTimeOffset.UtcNow));
        return Encoding.UTF8.GetBytes($$"""{"batch":[{{string.Join(',', Enumerable.Repeat(order, count))}}]}""");
    }

    private static double[] Ratio(double[] some, double[] others) =>
        some.Zip(others, (one, other) => one / other).ToArray();
}
