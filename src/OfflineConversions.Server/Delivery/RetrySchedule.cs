using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// When to try again: a random part ("full jitter") of a wait that doubles with each attempt up to a limit, and never
/// before the time the server gave.
/// </summary>
internal sealed class RetrySchedule(DeliveryOptions options, Jitter jitter)
{
    /// <summary>How long to wait after an attempt.</summary>
    /// <param name="attempts">How many were made before it.</param>
    /// <param name="given">The wait the server asked for.</param>
    public TimeSpan Wait(int attempts, TimeSpan? given = null) =>
        (given ?? TimeSpan.Zero) + (jitter.Next() * Grown(options.RetryBaseDelay, options.RetryMaxDelay, attempts));

    private static TimeSpan Grown(TimeSpan first, TimeSpan longest, int doublings)
    {
        var grown = first.TotalSeconds * Math.Pow(2, Math.Min(doublings, 30));
        return grown < longest.TotalSeconds ? TimeSpan.FromSeconds(grown) : longest;
    }
}
