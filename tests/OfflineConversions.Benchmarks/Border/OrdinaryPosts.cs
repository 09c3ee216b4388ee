using System.Collections.Concurrent;
using System.Diagnostics;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Border;

/// <summary>
/// Single orders at a steady pace. The latency of a post counts from the time when it was due, so that a stall shows in
/// every post that it delays.
/// </summary>
internal static class OrdinaryPosts
{
    private const int Connections = 8;
    private const int PostsPerSecond = 200;

    public static string Description => $"{PostsPerSecond} orders a second over {Connections} connections";

    /// <summary>Posts for some time and returns the latencies in milliseconds, sorted.</summary>
    public static async Task<double[]> RunAsync(int port, TimeSpan duration)
    {
        var order = new Load(Order.Of("rudderstack", Load.IdPlaceholder, DateTimeOffset.UtcNow), eventsEach: 1);
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

                        // A timer fires about a millisecond late, which is not the service's fault.
                        var from = early > TimeSpan.Zero ? Stopwatch.GetElapsedTime(start) : due;
                        await line.PostAsync();
                        latencies.Add((Stopwatch.GetElapsedTime(start) - from).TotalMilliseconds);
                    }
                })
        );
        return [.. latencies.Order()];
    }
}
