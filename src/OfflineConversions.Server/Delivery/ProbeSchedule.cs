using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// When to look whether a halt is over: soon at first, as somebody may be mending it, then as long again as it has
/// lasted, up to a limit. By default the limit is below a minute, so that a token mended after a night is noticed
/// within a minute as well, and a dead one costs at most two probes in any minute. Where a probe itself does harm it is
/// twenty times as rare.
/// </summary>
internal sealed class ProbeSchedule(DeliveryOptions options)
{
    private const int Rarer = 20;

    /// <summary>How long to wait before the next probe.</summary>
    /// <param name="reason">Why it stands still; see <see cref="DeliveryReason"/>.</param>
    /// <param name="halted">For how long.</param>
    public TimeSpan Wait(string reason, TimeSpan halted)
    {
        // Meta holds a grudge against whoever it has blocked, and a refused probe is an event on the failed list.
        var factor = reason is DeliveryReason.BlockedForPolicy or DeliveryReason.TooManyRefused ? Rarer : 1;
        var (shortest, longest) = (options.ProbeBaseDelay * factor, options.ProbeMaxDelay * factor);
        return halted < shortest ? shortest
            : halted < longest ? halted
            : longest;
    }
}
