using System.Diagnostics;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Encryption;

namespace OfflineConversions.Benchmarks.WholeProcess;

/// <summary>
/// What <c>Outbox:Encrypt</c> adds to an event, by the number of events in a chunk: a chunk is encrypted by one call.
/// </summary>
internal static class EncryptionBenchmark
{
    private const int Rounds = 7;
    private const int EventsPerRound = 20_000;

    private static readonly int[] ChunkSizes = [1, 10, 42, 1000];

    public static Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            var seal = new PayloadEncryption(
                new OutboxOptions { Encrypt = true, Path = Path.Combine(folder.FullName, "outbox.db") }
            );
            var payload = BenchmarkSources.RudderStackDelivery().Payload.ToArray();
            Report.Note($"events of {payload.Length} B");
            foreach (var events in ChunkSizes)
            {
                var chunk = Enumerable.Repeat(payload, events).SelectMany(bytes => bytes).ToArray();
                var encrypted = seal.Encrypt(chunk);
                var added = (encrypted.Length - chunk.Length) / (double)events;
                report.Row($"added, chunks of {events} events", [added], "B/event");
                report.Row(
                    $"encrypt, chunks of {events} events",
                    Measure(() => seal.Encrypt(chunk), events),
                    "µs/event"
                );
                report.Row(
                    $"decrypt, chunks of {events} events",
                    Measure(() => seal.Decrypt(encrypted), events),
                    "µs/event"
                );
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return Task.CompletedTask;
    }

    // The first round warms up.
    private static double[] Measure(Action work, int events)
    {
        var times = Math.Max(1, EventsPerRound / events);
        return [.. Enumerable.Range(0, Rounds + 1).Select(_ => Round()).Skip(1)];

        double Round()
        {
            var started = Stopwatch.GetTimestamp();
            for (var time = 0; time < times; time++)
            {
                work();
            }

            return Stopwatch.GetElapsedTime(started).TotalMicroseconds / times / events;
        }
    }
}
