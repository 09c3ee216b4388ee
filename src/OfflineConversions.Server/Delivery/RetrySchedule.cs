using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Graph;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// When to try again: a random part ("full jitter") of a wait that doubles with each attempt up to a limit, and never before the time the
/// server gave. The same kind of wait, without chance, spaces the probes of a halted connection.
/// </summary>
public sealed class RetrySchedule(DeliveryOptions options, Jitter jitter)
{
    private static readonly TimeSpan FirstProbe = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromMinutes(15);

    /// <summary>How long to wait after an attempt.</summary>
    /// <param name="attempts">How many were made before it.</param>
    /// <param name="given">The wait the server asked for.</param>
    public TimeSpan Wait(int attempts, TimeSpan? given = null) =>
        (given ?? TimeSpan.Zero) + (jitter.Next() * Grown(options.RetryBaseDelay, options.RetryMaxDelay, attempts));

    /// <summary>How long to stand still before a probe: 1, 2, 4, 8, then always 15 minutes.</summary>
    /// <param name="failedProbes">How many failed before it.</param>
    public static TimeSpan Probe(int failedProbes) => Grown(FirstProbe, LongestProbe, failedProbes);

    private static TimeSpan Grown(TimeSpan first, TimeSpan longest, int doublings)
    {
        var grown = first.TotalSeconds * Math.Pow(2, Math.Min(doublings, 30));
        return grown < longest.TotalSeconds ? TimeSpan.FromSeconds(grown) : longest;
    }
}
