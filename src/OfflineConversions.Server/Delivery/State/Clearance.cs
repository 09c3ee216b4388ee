namespace OfflineConversions.Server.Delivery.State;

/// <summary>What may be sent now.</summary>
/// <param name="Kind">Everything, a probe, or nothing.</param>
/// <param name="Until">When to ask again, if nothing may be sent.</param>
internal readonly record struct Clearance(ClearanceKind Kind, DateTimeOffset Until = default);

internal enum ClearanceKind
{
    Send,

    /// <summary>One small request may find out whether the halt is over.</summary>
    Probe,

    Wait,
}
