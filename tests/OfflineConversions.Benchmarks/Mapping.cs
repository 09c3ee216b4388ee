using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// What mapping, hashing and writing one event costs, beside what cannot be avoided: one walk over its JSON, and one
/// SHA-256 for each of its eleven hashed values.
/// </summary>
internal static class Mapping
{
    private const int Rounds = 31;
    private const int EventsPerRound = 4_000;

    public static void Run()
    {
        var order = Samples.RudderStackOrder();
        var pipeline = new ConversionPipeline(Options());
        var shortValue = new byte[20];
        using (var document = JsonDocument.Parse(order))
        {
            var result = pipeline.Map(document.RootElement, new Receipt(DateTimeOffset.UnixEpoch))[0];
            Console.WriteLine(
                $"event in {order.Length} B, out {result.Deliveries[0].Payload.Length} B, {result.Outcome}"
            );
        }

        var floors = new double[Rounds];
        var whole = new double[Rounds];
        long allocated = 0;
        for (var round = -3; round < Rounds; round++)
        {
            var floor = Time(() => Walk(order), () => Hash(shortValue));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var cost = Time(() => Map(pipeline, order));
            allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / EventsPerRound;
            if (round >= 0)
            {
                floors[round] = floor;
                whole[round] = cost;
            }
        }

        var ratios = whole.Zip(floors, (cost, floor) => cost / floor).ToArray();
        Report.Row("floor: one Utf8JsonReader walk + 11 SHA256.HashData of 20 B", floors, "µs");
        Report.Row("parse + map + hash + write", whole, "µs");
        Report.Row("ratio", ratios, "x");
        Console.WriteLine($"allocated per event: {allocated} B");
    }

    private static MappingOptions Options() =>
        new()
        {
            Source = RudderStackDefinition.Instance,
            Api = MetaApi.ConversionsApi,
            SourceOptions = new RudderStackOptions { EventsToIds = [new() { From = "Purchase", To = "1" }] },
        };

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

    /// <summary>One walk over every token.</summary>
    public static void Walk(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read()) { }
    }

    private static void Hash(byte[] value)
    {
        Span<byte> hash = stackalloc byte[32];
        for (var index = 0; index < 11; index++)
        {
            SHA256.HashData(value, hash);
        }
    }

    private static void Map(ConversionPipeline pipeline, byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        pipeline.Map(document.RootElement, new Receipt(DateTimeOffset.UnixEpoch));
    }
}
