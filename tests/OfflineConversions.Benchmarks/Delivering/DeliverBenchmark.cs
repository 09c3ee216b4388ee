using System.Globalization;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Benchmarks.Delivering;

/// <summary>How a backlog is drained.</summary>
/// <param name="Latency">Meta's latency.</param>
/// <param name="Concurrency"><c>Delivery:MaxConcurrency</c>.</param>
internal sealed record Run(TimeSpan Latency, int Concurrency);

/// <summary>
/// How fast a backlog drains, beside a bare client that posts the same bodies to the same endpoint. The service, the
/// client and the endpoint share the process and the machine.
/// </summary>
internal static class DeliverBenchmark
{
    private const int Rounds = 3;
    private const int SmallPayload = 900;
    private const int WarmUp = 20_000;

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var count =
            arguments.Count > 0 && int.TryParse(arguments[0], CultureInfo.InvariantCulture, out var given)
                ? given
                : 200_000;
        var standard = new Run(TimeSpan.FromMilliseconds(100), new DeliveryOptions().MaxConcurrency);
        var (small, order) = (WaitingEvents.Samples(SmallPayload), WaitingEvents.Orders());
        Report.Note($"{count:N0} events; small {small.PayloadBytes} B, order {order.PayloadBytes} B");
        Row[] rows =
        [
            new("900 B, Meta's latency 100 ms, default settings", small, standard),
            new("the order, Meta's latency 100 ms, default settings", order, standard),
            new("900 B, Meta's latency 0 ms, MaxConcurrency 16", small, new Run(TimeSpan.Zero, 16)),
        ];
        await using var meta = await StandInForMeta.StartAsync();
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var row in rows)
            {
                await row.MeasureAsync(meta, round == 0 ? Math.Min(WarmUp, count) : count, counts: round > 0);
            }
        }

        foreach (var row in rows)
        {
            report.Row($"bare client: {row.Name}", row.Floors, "events/s");
            report.Row($"drain: {row.Name}", row.Rates, "events/s");
            report.Row($"drain / bare client: {row.Name}", row.Ratios, "x");
            report.Row($"events in a request: {row.Name}", row.EventsPerRequest, "events");
        }
    }

    /// <summary>The events a second of a backlog in a new SQLite file.</summary>
    public static async Task<double> DrainSqliteAsync(StandInForMeta meta, WaitingEvents events, int count, Run run)
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            var outbox = new OutboxOptions { Path = Path.Combine(folder.FullName, "outbox.db") };
            return await DrainAsync(meta, events, count, run, outbox);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The events a second of a backlog in an empty outbox.</summary>
    public static async Task<double> DrainAsync(
        StandInForMeta meta,
        WaitingEvents events,
        int count,
        Run run,
        OutboxOptions outbox
    )
    {
        var options = new ServiceOptions
        {
            Graph = { BaseAddress = meta.Address },
            Delivery = { MaxConcurrency = run.Concurrency },
            Outbox =
            {
                Provider = outbox.Provider,
                Path = outbox.Path,
                ConnectionString = outbox.ConnectionString,
            },
        };
        options.Connections["benchmark"] = BenchmarkSources.RudderStackConnection();
        await events.StoreAsync(options.Outbox, "benchmark", first: 0, count, TimeSpan.FromDays(1));
        meta.Await(count, events.PayloadBytes, run.Latency);
        await using var service = await ListeningService.StartAsync(options);
        var rate = await meta.RateAsync();
        while ((await service.Outbox.LedgerAsync(default)).Sum(Delivered) < count)
        {
            await Task.Delay(10);
        }

        return rate;
    }

    private static long Delivered(LedgerLine line) => line.Delivered;

    /// <summary>One kind of backlog, drained once in each round.</summary>
    private sealed class Row(string name, WaitingEvents events, Run run)
    {
        public string Name => name;

        public List<double> Floors { get; } = [];

        public List<double> Rates { get; } = [];

        public List<double> EventsPerRequest { get; } = [];

        public IReadOnlyCollection<double> Ratios => [.. Rates.Zip(Floors, (rate, floor) => rate / floor)];

        public async Task MeasureAsync(StandInForMeta meta, int count, bool counts)
        {
            var floor = await BareClient.PostAsync(meta, events, count, run);
            var rate = await DrainSqliteAsync(meta, events, count, run);
            if (counts)
            {
                Floors.Add(floor);
                Rates.Add(rate);
                EventsPerRequest.Add((double)count / meta.Requests);
            }
        }
    }
}
