namespace OfflineConversions.Conversions;

/// <summary>The outcome of one source event, with its deliveries.</summary>
/// <param name="Outcome">Accepted, ignored or rejected.</param>
/// <param name="Reason">
/// The code of <see cref="Conversions.Reason"/> of an ignored or rejected event; <see langword="null"/> when accepted.
/// </param>
/// <param name="Warnings">The codes of <see cref="Warning"/> for what was left out or changed.</param>
/// <param name="Deliveries">Empty unless accepted.</param>
/// <param name="EventId">The event's id, if it has one.</param>
public sealed record EventResult(
    Outcome Outcome,
    string? Reason,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<EventDelivery> Deliveries,
    string? EventId
)
{
    /// <summary>
    /// The name that the source gave the event; <see langword="null"/> if it has none or looks like personal data.
    /// </summary>
    public string? EventName { get; init; }

    /// <summary>The number of the order that the event belongs to, if it names one.</summary>
    public string? OrderId { get; init; }

    /// <summary>How many values of a list in the body make up the event: the rows of one order. Default 1.</summary>
    public int Rows { get; init; } = 1;
}

/// <summary>What happens to a source event.</summary>
public enum Outcome
{
    /// <summary>It has at least one delivery to queue.</summary>
    Accepted,

    /// <summary>It is not for Meta by design: an identify call, an event that is not mapped, no consent.</summary>
    Ignored,

    /// <summary>It is for Meta but cannot be sent: no match key, too old.</summary>
    Rejected,
}
