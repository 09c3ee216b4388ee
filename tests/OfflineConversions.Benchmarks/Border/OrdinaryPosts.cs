using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Border;

/// <summary>
/// Single orders at a steady pace.
/// </summary>
internal static class OrdinaryPosts
{
    private const int Connections = 8;
    private const int PostsPerSecond = 200;

    public static string Description => $"{PostsPerSecond} orders a second over {Connections} connections";

    /// <summary>Posts for some time and returns the latencies in milliseconds, sorted.</summary>
    public static Task<double[]> RunAsync(int port, TimeSpan duration) =>
        new Load(Order.Of("rudderstack", Load.IdPlaceholder, DateTimeOffset.UtcNow), eventsEach: 1).PaceAsync(
            port,
            "/rudderstack/v1/track",
            Connections,
            PostsPerSecond,
            duration
        );
}
