using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Quality;
using OfflineConversions.Sources;

namespace OfflineConversions.Benchmarks.WholeProcess;

/// <summary>
/// What the journal and its counts add to an event of a batch, from its JSON to its place on disk without HTTP, and how
/// long it takes to find one event among many.
/// </summary>
internal static class JournalBenchmark
{
    private const int Rounds = 5;
    private const int Searches = 9;
    private const int BatchEvents = 100;
    private const int Callers = 8;
    private const int BatchesEach = 100;
    private const int EventsAtOnce = 2000;

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var events = arguments.Count > 0 && int.TryParse(arguments[0], out var given) ? given : 10_000_000;
        await MeasureCostAsync(report);
        await MeasureSearchAsync(events, report);
    }

    /// <summary>By turns, so that a machine that drifts drifts for both.</summary>
    private static async Task MeasureCostAsync(Report report)
    {
        var (with, without) = (new List<double>(), new List<double>());
        var batch = new Batches();
        for (var round = 0; round <= Rounds; round++)
        {
            var (one, other) = (await CostAsync(batch, isNoted: false), await CostAsync(batch, isNoted: true));
            if (round > 0)
            {
                without.Add(one);
                with.Add(other);
            }
        }

        report.Row("processor time, a batch event without the journal", without, "µs/event");
        report.Row("processor time, a batch event with the journal", with, "µs/event");
        report.Row("with / without", [.. with.Zip(without, (noted, plain) => noted / plain)], "x");
    }

    private static async Task<double> CostAsync(Batches batches, bool isNoted)
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            await using var outbox = Open(folder.FullName);
            var before = Environment.CpuUsage.TotalTime;
            await Task.WhenAll(
                Enumerable
                    .Range(0, Callers)
                    .Select(_ =>
                        Task.Run(async () =>
                        {
                            for (var number = 0; number < BatchesEach; number++)
                            {
                                await batches.StoreAsync(outbox, isNoted);
                            }
                        })
                    )
            );
            return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / (Callers * BatchesEach * BatchEvents);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureSearchAsync(int events, Report report)
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            await using (var outbox = Open(folder.FullName))
            {
                var empty = new FileInfo(Path.Combine(folder.FullName, "outbox.db")).Length;
                await FillAsync(outbox, events);
                report.Row(
                    $"bytes of an event among {events:N0}",
                    [(new FileInfo(Path.Combine(folder.FullName, "outbox.db")).Length - empty) / (double)events],
                    "B"
                );
                report.Row("an event by its id, from the first to the last", await SearchAsync(outbox, events), "ms");
                report.Row("an id that never arrived", await SearchAsync(outbox, events, isMissing: true), "ms");
                report.Row("an order by its id", await SearchAsync(outbox, events, isOrder: true), "ms");
            }

            var started = Stopwatch.GetTimestamp();
            await using var again = Open(folder.FullName);
            report.Row("opening it again", [Stopwatch.GetElapsedTime(started).TotalMilliseconds], "ms");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double[]> SearchAsync(
        SqliteOutbox journal,
        int events,
        bool isMissing = false,
        bool isOrder = false
    )
    {
        var times = new double[Searches];
        for (var search = 0; search < Searches; search++)
        {
            var number = (int)((long)(events - 1) * search / (Searches - 1));
            var id =
                isMissing ? $"missing {number}"
                : isOrder ? $"order {number}"
                : $"event {number}";
            var started = Stopwatch.GetTimestamp();
            var found = await journal.FindAsync(new JournalSearch(isOrder, ShortDigests.Of(id)), default);
            times[search] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (found.Arrivals.Count != (isMissing ? 0 : 1))
            {
                throw new InvalidOperationException($"'{id}' was found {found.Arrivals.Count} times.");
            }
        }

        return times;
    }

    /// <summary>Stores arrivals with the ids <c>event 0</c>, <c>event 1</c>, … and an order each.</summary>
    public static async Task FillAsync(SqliteOutbox outbox, int events)
    {
        for (var first = 0; first < events; first += EventsAtOnce)
        {
            await outbox.AppendAsync([], Arrivals(first, Math.Min(EventsAtOnce, events - first)), default);
        }
    }

    private static Arrivals Arrivals(int first, int count) =>
        new(
            "benchmark",
            "rudderstack",
            [
                .. Enumerable
                    .Range(first, count)
                    .Select(number => new EventResult(Outcome.Accepted, null, [], [], $"event {number}")
                    {
                        EventName = "Order Completed",
                        OrderId = $"order {number}",
                    }),
            ]
        );

    private static SqliteOutbox Open(string folder) =>
        new(
            new OutboxOptions { Path = Path.Combine(folder, "outbox.db") },
            TimeProvider.System,
            NullLogger<SqliteOutbox>.Instance
        );

    /// <summary>Batches of orders, each event of which has its own id.</summary>
    private sealed class Batches
    {
        private readonly ConversionPipeline _pipeline = new(BenchmarkSources.RudderStackConnection());
        private readonly string _body;
        private int _last;

        public Batches()
        {
            var order = Order.Of("rudderstack", Load.IdPlaceholder, DateTimeOffset.UtcNow);
            _body = $$"""{"batch":[{{string.Join(',', Enumerable.Repeat(order, BatchEvents))}}]}""";
        }

        public async Task StoreAsync(SqliteOutbox outbox, bool isNoted)
        {
            var parts = _body.Split(Load.IdPlaceholder);
            var first = Interlocked.Add(ref _last, parts.Length);
            var body = string.Concat(parts.Select((part, place) => place == 0 ? part : $"{first + place:D12}{part}"));
            using var document = JsonTree.Parse(body);
            var now = DateTimeOffset.UtcNow;
            var results = _pipeline.Map(document.Root, new Receipt(now));
            OutboxEntry[] entries =
            [
                .. results
                    .SelectMany(result => result.Deliveries)
                    .Select(delivery => new OutboxEntry(
                        "benchmark",
                        _pipeline.Options.Api,
                        ChunkEvents: 1000,
                        TimeSpan.FromDays(7),
                        delivery
                    )),
            ];
            await outbox.AppendAsync(
                entries,
                isNoted
                    ? new Arrivals("benchmark", "rudderstack", results)
                    {
                        Counts = stored => QualityCounts.Of(results, stored, now),
                    }
                    : null,
                default
            );
        }
    }
}
