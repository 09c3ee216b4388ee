using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;

namespace OfflineConversions.Benchmarks.WholeProcess;

/// <summary>
/// What it costs to parse, map, hash and write one event, beside its floor: reading its JSON once, and one SHA-256 for
/// each of its eleven hashed values.
/// </summary>
internal static class MappingBenchmark
{
    private const int Rounds = 31;

    // The compiler needs a while until the code is as fast as it gets.
    private const int WarmUpRounds = 20;
    private const int EventsPerRound = 4_000;

    public static Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var order = Encoding.UTF8.GetBytes(Order.Of("rudderstack"));
        var pipeline = new ConversionPipeline(BenchmarkSources.Mapping("rudderstack"));
        var delivery = BenchmarkSources.RudderStackDelivery();
        Report.Note($"event in {order.Length} B, out {delivery.Payload.Length} B");

        var (floors, costs) = (new List<double>(), new List<double>());
        var allocated = 0L;
        var rounds = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : Rounds;
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            var floor = Time(() => Floor.Walk(order), Floor.Hash);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var cost = Time(() => Map(pipeline, order));
            allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / EventsPerRound;
            if (round >= 0)
            {
                floors.Add(floor);
                costs.Add(cost);
            }
        }

        report.Row($"floor: one Utf8JsonReader walk + {Floor.Hashes} SHA256.HashData of 20 B", floors, "µs");
        report.Row("parse + map + hash + write", costs, "µs");
        report.Row("ratio", [.. costs.Zip(floors, (cost, floor) => cost / floor)], "x");
        report.Row("allocated per event", [allocated], "B");
        return Task.CompletedTask;
    }

    private static double Time(params Action[] actions)
    {
        var started = Stopwatch.GetTimestamp();
        for (var index = 0; index < EventsPerRound; index++)
        {
            foreach (var action in actions)
            {
                action();
            }
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / EventsPerRound;
    }

    private static void Map(ConversionPipeline pipeline, byte[] json)
    {
        using var tree = JsonTree.Parse(json);
        using var payloads = new PayloadBuffer();
        pipeline.Map(tree.Root, new Receipt(Order.SomeTime), afterEach: null, payloads);
    }
}
