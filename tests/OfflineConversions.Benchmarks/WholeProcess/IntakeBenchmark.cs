using System.Diagnostics;
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
    private const string Track = IntakeLoads.Track;

    /// <summary>What it measures, by the argument that chooses it. Without one, it measures everything.</summary>
    public static readonly string[] Parts = ["single-posts", "batches", "half-load", "overload", "memory"];

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var seconds = arguments.Count > 0 && int.TryParse(arguments[0], out var given) ? given : 3;
        var (duration, encrypt) = (TimeSpan.FromSeconds(seconds), arguments.Contains("encrypted"));
        string[] parts = Parts.Any(arguments.Contains) ? [.. Parts.Where(arguments.Contains)] : Parts;
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            using var meta = new TcpListener(IPAddress.Loopback, 0);
            meta.Start();
            var metaPort = ((IPEndPoint)meta.LocalEndpoint).Port;
            await using (var bare = await BareEndpoint.StartAsync())
            await using (var service = await ListeningService.StartAsync(Options(folder.FullName, metaPort, encrypt)))
            {
                var loads = new IntakeLoads();
                Report.Note($"{loads}");
                await MeasureRatesAsync(bare, service, loads, duration, parts, report);
                await IntakeUnderLoad.MeasureAsync(service, loads, duration, parts, report);
            }

            if (parts.Contains("memory"))
            {
                await IntakeUnderLoad.MeasureMemoryAsync(folder.FullName, metaPort, duration, report);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureRatesAsync(
        BareEndpoint bare,
        ListeningService service,
        IntakeLoads loads,
        TimeSpan duration,
        string[] parts,
        Report report
    )
    {
        var (sample, order, batch) = (loads.Sample, loads.Order, loads.Batch);
        var bareSample = new Row("bare Kestrel, the page's sample, 64 connections", sample, bare, "/walk", 64);
        var sample1 = new Row("durable single posts of the sample, 1 connection", sample, service, Track, 1);
        var sample64 = new Row("durable single posts of the sample, 64 connections", sample, service, Track, 64);
        var order1 = new Row("durable single posts of the order, 1 connection", order, service, Track, 1);
        var order64 = new Row("durable single posts of the order, 64 connections", order, service, Track, 64);
        var bareBatch = new Row("bare Kestrel, batches of 100, 8 connections", batch, bare, "/walk", 8);
        var batch8 = new Row("durable batches of 100, 8 connections", batch, service, IntakeLoads.Batches, 8);
        Row[] singles = [bareSample, sample1, sample64, order1, order64];
        Row[] batches = [bareBatch, batch8];
        Row[] rows = [.. parts.Contains("single-posts") ? singles : [], .. parts.Contains("batches") ? batches : []];

        // Round by round, so that a machine that drifts drifts for all rows.
        await WarmUp.RunAsync(() => MeasureRoundAsync(count: false));
        for (var round = 0; round < Rounds; round++)
        {
            await MeasureRoundAsync(count: true);
        }

        async Task MeasureRoundAsync(bool count)
        {
            foreach (var row in rows)
            {
                await row.MeasureAsync(duration, count);
            }
        }

        foreach (var row in rows)
        {
            report.Row(row.Name, row.Rates, "events/s");
        }

        foreach (var row in rows)
        {
            report.Row($"processor time, {row.Name}", row.ProcessorTimes, "µs/event");
        }

        if (rows.Contains(sample64))
        {
            var commits = service.Commits;
            var rate = await sample.RunAsync(service.Port, Track, 64, duration);
            commits = service.Commits - commits;
            report.Row("events in one commit, 64 connections", [rate * duration.TotalSeconds / commits], "events");
            report.Row("the sample: 64 connections / 1 connection", sample64.RatioTo(sample1), "x");
            report.Row("the order: 64 connections / 1 connection", order64.RatioTo(order1), "x");
            report.Row("durable single posts of the sample / bare Kestrel", sample64.RatioTo(bareSample), "x");
            report.Row("the same by processor time", sample64.ProcessorRatioTo(bareSample), "x");
        }

        if (rows.Contains(batch8))
        {
            report.Row("durable batches / bare Kestrel", batch8.RatioTo(bareBatch), "x");
            report.Row("durable batches / bare Kestrel by processor time", batch8.ProcessorRatioTo(bareBatch), "x");
        }
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

        /// <summary>
        /// What an event costs this process, clients included, in microseconds. Other work on the machine changes it
        /// less than it changes the rate.
        /// </summary>
        public List<double> ProcessorTimes { get; } = [];

        public async Task MeasureAsync(TimeSpan duration, bool count)
        {
            var (before, started) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            var rate = await load.RunAsync(service.Port, path, connections, duration);
            var events = rate * Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (count)
            {
                Rates.Add(rate);
                ProcessorTimes.Add((Environment.CpuUsage.TotalTime - before).TotalMicroseconds / events);
            }
        }

        public double[] RatioTo(Row other) => [.. Rates.Zip(other.Rates, (one, another) => one / another)];

        /// <summary>The ratio of the rates if each had the same processor time.</summary>
        public double[] ProcessorRatioTo(Row other) =>
            [.. ProcessorTimes.Zip(other.ProcessorTimes, (one, another) => another / one)];
    }
}
