using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// When to look whether a halt is over: soon at first, as somebody may be mending it, then as long again as it has lasted, up to a limit. By
/// default the limit is below a minute, so that a token mended after a night is noticed within a minute as well, and a dead one costs at
/// most three probes in any minute.
/// </summary>
public sealed class ProbeSchedule(DeliveryOptions options)
{
    /// <summary>How long to wait before the next probe.</summary>
    /// <param name="halted">For how long it has stood still.</param>
    public TimeSpan Wait(TimeSpan halted) =>
        halted < options.ProbeBaseDelay ? options.ProbeBaseDelay : halted < options.ProbeMaxDelay ? halted : options.ProbeMaxDelay;
}
