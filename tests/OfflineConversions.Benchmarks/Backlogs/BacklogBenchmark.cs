using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OfflineConversions.Benchmarks.Delivering;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Benchmarks.Backlogs;

/// <summary>
/// What a backlog costs: the rates of intake, the memory, the start and the disk with many waiting events and
/// deduplication keys, beside the same service with an empty outbox. Both run at the same time and are loaded by turns.
/// Meta accepts connections but never responds, so what waits keeps waiting.
/// </summary>
internal static class BacklogBenchmark
{
    private const int Rounds = 3;
    private const int BatchEvents = 100;
    private const int EventsPerStep = 250_000;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var waiting = Number(arguments, 0, 5_000_000);
        var keys = Math.Max(Number(arguments, 1, 10_000_000), waiting);
        var duration = TimeSpan.FromSeconds(Number(arguments, 2, 3));
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var meta = new Uri($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        try
        {
            var (empty, full) = (folder.CreateSubdirectory("empty"), folder.CreateSubdirectory("full"));
            await FillAsync(full.FullName, waiting, keys, report);
            await MeasureAsync(empty.FullName, full.FullName, meta, new Size(waiting, keys), duration, report);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int Number(IReadOnlyList<string> arguments, int at, int otherwise) =>
        arguments.Count > at && int.TryParse(arguments[at], CultureInfo.InvariantCulture, out var given)
            ? given
            : otherwise;

    /// <summary>
    /// Stores orders that wait, and keys whose events were delivered: these are stored in steps and then removed as
    /// delivery removes them, so the file has the keys but not the events.
    /// </summary>
    private static async Task FillAsync(string folder, int waiting, int keys, Report report)
    {
        var options = new OutboxOptions { Path = Path.Combine(folder, "outbox.db") };
        await WaitingEvents.Orders().StoreAsync(options, "benchmark", first: 0, waiting, Week);
        if (waiting > 0)
        {
            report.Row("on disk per waiting order", [Bytes(folder) / (double)waiting], "B");
        }

        var small = WaitingEvents.Samples(bytes: 600);
        for (var first = waiting; first < keys; first += EventsPerStep)
        {
            await small.StoreAsync(options, "delivered", first, Math.Min(EventsPerStep, keys - first), Week);
            await WaitingEvents.SettleAllAsync(options, "delivered");
        }
    }

    private static async Task MeasureAsync(
        string empty,
        string full,
        Uri meta,
        Size size,
        TimeSpan duration,
        Report report
    )
    {
        var starts = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            using var started = await MeasuredService.StartAsync(full, meta);
            starts.Add(started.Start.TotalSeconds);
        }

        using var without = await MeasuredService.StartAsync(empty, meta);
        using var with = await MeasuredService.StartAsync(full, meta);
        await Task.Delay(Settling);
        var (idleWithout, idleWith) = (without.Megabytes, with.Megabytes);
        var emptyStart = without.Start.TotalSeconds;
        var order = Order.Of("rudderstack", Load.IdPlaceholder, DateTimeOffset.UtcNow);
        var single = new Turns("single posts, 64 connections", new Load(order, 1), "/rudderstack/v1/track", 64);
        var batch = new Turns(
            "batches of 100, 8 connections",
            new Load($$"""{"batch":[{{string.Join(',', Enumerable.Repeat(order, BatchEvents))}}]}""", BatchEvents),
            "/rudderstack/v1/batch",
            8
        );
        for (var round = 0; round <= Rounds; round++)
        {
            await single.MeasureAsync(without, with, duration, counts: round > 0);
            await batch.MeasureAsync(without, with, duration, counts: round > 0);
        }

        report.Row("start, empty outbox", [emptyStart], "s");
        report.Row($"start, {size.Text}", starts, "s");
        report.Row("resident after the start, empty outbox", [idleWithout], "MB");
        report.Row($"resident after the start, {size.Text}", [idleWith], "MB");
        if (size.Keys > 0)
        {
            var millions = size.Keys / 1e6;
            report.Row("resident per million keys", [(idleWith - idleWithout) / millions], "MB");
        }

        foreach (var turns in new[] { single, batch })
        {
            report.Row($"{turns.Name}, empty outbox", turns.Without, "events/s");
            report.Row($"{turns.Name}, {size.Text}", turns.With, "events/s");
            report.Row($"with / without a backlog: {turns.Name}", turns.Ratios, "x");
        }

        report.Row("resident at full load, empty outbox", without.Loaded, "MB");
        report.Row($"resident at full load, {size.Text}", with.Loaded, "MB");
    }

    private static long Bytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("outbox.db*").Where(IsData).Sum(file => file.Length);

    private static bool IsData(FileInfo file) => file.Extension is ".db" or ".db-wal";

    /// <param name="Waiting">The waiting events.</param>
    /// <param name="Keys">The deduplication keys.</param>
    private sealed record Size(int Waiting, int Keys)
    {
        public string Text => string.Create(CultureInfo.InvariantCulture, $"{Waiting:N0} waiting, {Keys:N0} keys");
    }

    /// <summary>One load, on the service without and with a backlog by turns.</summary>
    private sealed class Turns(string name, Load load, string path, int connections)
    {
        public string Name => name;

        public List<double> Without { get; } = [];

        public List<double> With { get; } = [];

        public IReadOnlyCollection<double> Ratios => [.. With.Zip(Without, (with, without) => with / without)];

        public async Task MeasureAsync(MeasuredService without, MeasuredService with, TimeSpan duration, bool counts)
        {
            // The first to run may find another machine than the second, so they take turns in that too.
            var isEven = With.Count % 2 == 0;
            var first = await RunAsync(isEven ? without : with, duration, counts);
            var second = await RunAsync(isEven ? with : without, duration, counts);
            if (counts)
            {
                Without.Add(isEven ? first : second);
                With.Add(isEven ? second : first);
            }
        }

        private async Task<double> RunAsync(MeasuredService service, TimeSpan duration, bool counts)
        {
            var rate = await load.RunAsync(service.Port, path, connections, duration);
            if (counts)
            {
                service.Loaded.Add(service.Megabytes);
            }

            return rate;
        }
    }
}
