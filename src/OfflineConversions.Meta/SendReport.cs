using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Meta;

/// <summary>What became of a batch. Each of its events is in exactly one of the three lists.</summary>
/// <param name="Delivered">What Meta has accepted.</param>
/// <param name="Refused">What Meta will never accept. The others of the batch were sent without them.</param>
/// <param name="Waiting">
/// What should be sent again, byte for byte: nothing says that it is wrong. Some of it may have arrived; Meta
/// recognises repeats by the event id.
/// </param>
/// <param name="Cause">
/// Why events wait: <see cref="NextStep.Retry"/> if trying later may help, <see cref="NextStep.Halt"/> if a setting has
/// to change first; <see langword="null"/> if none wait.
/// </param>
/// <param name="Response">The response that made them wait; <see langword="null"/> if none wait.</param>
public sealed record SendReport(
    IReadOnlyList<EventDelivery> Delivered,
    IReadOnlyList<RefusedEvent> Refused,
    IReadOnlyList<EventDelivery> Waiting,
    NextStep? Cause = null,
    GraphResponse? Response = null
)
{
    /// <summary>The reason code of <see cref="Cause"/>, one of <see cref="DeliveryReason"/>, if it has one.</summary>
    public string? Reason =>
        Cause switch
        {
            NextStep.Halt halt => halt.Reason,
            NextStep.Retry retry => retry.SlowDown,
            _ => null,
        };

    /// <summary>How long Meta or a gateway asks to wait; <see langword="null"/> leaves it to you.</summary>
    public TimeSpan? RetryAfter => (Cause as NextStep.Retry)?.After;
}

/// <summary>An event that Meta refused alone.</summary>
/// <param name="Delivery">The event.</param>
/// <param name="Reason">One of <see cref="DeliveryReason"/>.</param>
/// <param name="Error">Meta's error, if the response had one.</param>
public sealed record RefusedEvent(EventDelivery Delivery, string Reason, GraphError? Error);
