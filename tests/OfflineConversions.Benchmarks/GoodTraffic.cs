using System.Collections.Concurrent;
using System.Diagnostics;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// Single orders at a steady pace. A post's latency counts from when it was due, so that a stall shows in all that it
/// delayed.
/// </summary>
internal static class GoodTraffic
{
    public const int Connections = 8;
    public const int PostsPerSecond = 200;

    /// <summary>The latencies in milliseconds, sorted.</summary>
    public static async Task<double[]> RunAsync(int port, TimeSpan duration)
    {
        var order = new Load(Samples.RudderStackOrder(Load.IdPlaceholder, DateTimeOffset.UtcNow), eventsEach: 1);
        var latencies = new ConcurrentBag<double>();
        var pace = TimeSpan.FromSeconds((double)Connections / PostsPerSecond);
        await Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(async connection =>
                {
                    using var line = await order.OpenAsync(port, "/rudderstack/v1/track");
                    var start =
                        Stopwatch.GetTimestamp()
                        + (long)(pace.TotalSeconds * Stopwatch.Frequency * connection / Connections);
                    for (var due = TimeSpan.Zero; due < duration; due += pace)
                    {
                        var early = due - Stopwatch.GetElapsedTime(start);
                        if (early > TimeSpan.Zero)
                        {
                            await Task.Delay(early);
                        }

                        // A timer is a millisecond late or so, which is not the service's fault.
                        var from = early > TimeSpan.Zero ? Stopwatch.GetElapsedTime(start) : due;
                        await line.PostAsync();
                        latencies.Add((Stopwatch.GetElapsedTime(start) - from).TotalMilliseconds);
                    }
                })
        );
        return [.. latencies.Order()];
    }
}
