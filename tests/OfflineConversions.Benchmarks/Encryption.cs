using System.Diagnostics;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Sources;
using OfflineConversions.Sources.RudderStack;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// What <c>Outbox:Encrypt</c> costs an event, by how many of them share a chunk: one call closes a chunk.
/// </summary>
internal static class Encryption
{
    private const int Rounds = 7;

    public static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            var seal = new PayloadSeal(
                new OutboxOptions { Encrypt = true, Path = Path.Combine(folder.FullName, "outbox.db") }
            );
            var payload = Payload();
            foreach (var events in (int[])[1, 10, 42, 1000])
            {
                var chunk = Enumerable.Repeat(payload, events).SelectMany(bytes => bytes).ToArray();
                var closed = seal.Close(chunk);
                Console.WriteLine(
                    $"chunks of {events} events of {payload.Length} B: {(closed.Length - chunk.Length) / (double)events:N1} B more an event"
                );
                Report.Row("  encrypt", Measure(() => seal.Close(chunk), events), "µs/event");
                Report.Row("  decrypt", Measure(() => seal.Open(closed, closed: true), events), "µs/event");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double[] Measure(Action work, int events)
    {
        var times = Math.Max(1, 20_000 / events);
        return
        [
            .. Enumerable
                .Range(-1, Rounds + 1)
                .Select(_ =>
                {
                    var started = Stopwatch.GetTimestamp();
                    for (var time = 0; time < times; time++)
                    {
                        work();
                    }

                    return Stopwatch.GetElapsedTime(started).TotalMicroseconds / times / events;
                })
                .Skip(1),
        ];
    }

    private static byte[] Payload()
    {
        var options = new MappingOptions
        {
            Source = RudderStackDefinition.Instance,
            SourceOptions = new RudderStackOptions { EventsToIds = [new() { From = "Purchase", To = "1" }] },
        };
        using var body = JsonDocument.Parse(Samples.RudderStackOrder(at: DateTimeOffset.UtcNow));
        return new ConversionPipeline(options)
            .Map(body.RootElement, new Receipt(DateTimeOffset.UtcNow, null))[0]
            .Deliveries[0]
            .Payload.ToArray();
    }
}
