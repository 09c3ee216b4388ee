using System.Diagnostics;
using System.Globalization;
using OfflineConversions.Benchmarks.Delivering;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Backlogs;

/// <summary>
/// Full load for minutes: whether rate, latency, memory and handles stay as they are. Events are delivered meanwhile,
/// with a latency of 100 ms. Each round is a tenth of the time.
/// </summary>
internal static class SoakBenchmark
{
    private const int Rounds = 10;
    private const int Connections = 64;
    private const string Track = "/rudderstack/v1/track";

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var minutes =
            arguments.Count > 0 && double.TryParse(arguments[0], CultureInfo.InvariantCulture, out var given)
                ? given
                : 10;
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            await using var meta = await StandInForMeta.StartAsync();
            meta.Accept(TimeSpan.FromMilliseconds(100));
            using var service = await MeasuredService.StartAsync(folder.FullName, meta.Address);
            var (rates, p99, memory, handles) = (
                new List<double>(),
                new List<double>(),
                new List<double>(),
                new List<double>()
            );
            var order = Order.Of("rudderstack", Load.IdPlaceholder, DateTimeOffset.UtcNow);
            var duration = TimeSpan.FromMinutes(minutes) / Rounds;
            for (var round = 1; round <= Rounds; round++)
            {
                var latencies = await PostAsync(new Load(order, eventsEach: 1), service.Port, duration);
                rates.Add(latencies.Length / duration.TotalSeconds);
                p99.Add(latencies[(int)(0.99 * (latencies.Length - 1))]);
                memory.Add(service.Megabytes);
                handles.Add(service.Handles);
                Report.Note(
                    $"  round {round}: {rates[^1]:N0}/s, p99 {p99[^1]:N1} ms, {memory[^1]:N0} MB, {handles[^1]} handles"
                );
            }

            report.Row("single posts, 64 connections", rates, "events/s");
            report.Row("p99", p99, "ms");
            report.Row("resident memory", memory, "MB");
            report.Row("open handles", handles, "handles");
            report.Row("last round / first round: rate", [rates[^1] / rates[0]], "x");
            report.Row("last round / second round: resident memory", [memory[^1] / memory[1]], "x");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Posts for some time.</summary>
    /// <returns>The latencies in milliseconds, sorted.</returns>
    private static async Task<double[]> PostAsync(Load load, int port, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(PostSomeAsync)));
        return [.. latencies.SelectMany(some => some).Order()];

        async Task<List<double>> PostSomeAsync()
        {
            using var line = await load.OpenAsync(port, Track);
            var some = new List<double>();
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var sent = Stopwatch.GetTimestamp();
                await line.PostAsync();
                some.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            return some;
        }
    }
}
