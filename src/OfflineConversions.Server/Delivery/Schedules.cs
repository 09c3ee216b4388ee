using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// When to send refused events again: after a random part ("full jitter") of a wait that doubles with each attempt up
/// to a limit, and never before the time that the server asked for, of which at most a day counts.
/// </summary>
internal sealed class RetrySchedule(DeliveryOptions options, Jitter jitter)
{
    /// <summary>The wait after an attempt.</summary>
    /// <param name="attempts">How many attempts were made before it.</param>
    /// <param name="asked">The wait that the server asked for.</param>
    public TimeSpan Wait(int attempts, TimeSpan? asked = null) =>
        Asked(asked ?? TimeSpan.Zero)
        + (jitter.Next() * Doubled(options.RetryBaseDelay, options.RetryMaxDelay, attempts));

    private static TimeSpan Asked(TimeSpan asked) =>
        asked < DeliveryOptions.LongestAskedWait ? asked : DeliveryOptions.LongestAskedWait;

    private static TimeSpan Doubled(TimeSpan first, TimeSpan longest, int doublings)
    {
        var seconds = first.TotalSeconds * Math.Pow(2, Math.Min(doublings, 30));
        return seconds < longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : longest;
    }
}

/// <summary>
/// When to probe a halt: soon at first, because someone may be fixing the cause, then after as long again as the halt
/// has lasted, up to a limit. The default limit is below a minute: a fixed token is noticed within a minute even after
/// a night, and a dead one costs at most two probes a minute. Where a probe does harm, probes are twenty times as rare.
/// </summary>
internal sealed class ProbeSchedule(DeliveryOptions options)
{
    /// <summary>The wait before the next probe.</summary>
    /// <param name="reason">The reason of the halt, one of <see cref="DeliveryReason"/>.</param>
    /// <param name="halted">How long the halt has lasted.</param>
    public TimeSpan Wait(string reason, TimeSpan halted)
    {
        // A blocked app that keeps calling stays blocked, and each refused probe adds an event to the failed list.
        var factor = reason is DeliveryReason.BlockedForPolicy or DeliveryReason.TooManyRefused
            ? DeliveryOptions.RareProbes
            : 1;
        var (shortest, longest) = (options.ProbeBaseDelay * factor, options.ProbeMaxDelay * factor);
        return halted < shortest ? shortest
            : halted < longest ? halted
            : longest;
    }

    /// <summary>
    /// A probe time from the store: now if it is later than the schedule allows, because another clock has written it.
    /// </summary>
    public DateTimeOffset PullBack(DateTimeOffset probeAt, DateTimeOffset now) =>
        probeAt - now > options.LongestWait ? now : probeAt;
}

/// <summary>
/// Slows a connection down before Meta does, as Meta's usage headers approach the limit. Source: Meta, "Rate Limiting".
/// </summary>
internal static class UsageSchedule
{
    private const double SlowFrom = 75;
    private const double Full = 100;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The wait after a response: null below 75 percent, then from one second at 75 percent to one minute at 100.
    /// </summary>
    /// <param name="percent">The highest percentage in the usage headers.</param>
    public static TimeSpan? Wait(double percent) =>
        percent < SlowFrom
            ? null
            : Shortest + ((Longest - Shortest) * ((Math.Min(percent, Full) - SlowFrom) / (Full - SlowFrom)));
}
