using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// When to look whether a halt is over: soon at first, as somebody may be mending it, then ever more rarely, but never later than by a
/// fifteenth of the time it has lasted.
/// </summary>
public sealed class ProbeSchedule(DeliveryOptions options)
{
    private const int Part = 15;

    /// <summary>How long to wait before the next probe.</summary>
    /// <param name="halted">For how long it has stood still.</param>
    public TimeSpan Wait(TimeSpan halted)
    {
        var grown = halted / Part;
        return grown < options.ProbeBaseDelay ? options.ProbeBaseDelay : grown < options.ProbeMaxDelay ? grown : options.ProbeMaxDelay;
    }
}
