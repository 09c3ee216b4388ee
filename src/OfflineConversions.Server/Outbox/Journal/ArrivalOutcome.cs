using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>The final outcome of a source event, after the outbox has found duplicates and erased persons.</summary>
/// <param name="Outcome">Accepted if any of its deliveries was stored.</param>
/// <param name="Reason">Why it was not accepted.</param>
internal readonly record struct ArrivalOutcome(Outcome Outcome, string? Reason)
{
    /// <summary>Combines the result of mapping with what was stored.</summary>
    /// <param name="result">The result of mapping.</param>
    /// <param name="first">The place of its first delivery among the flags.</param>
    /// <param name="stored">Whether each delivery was stored.</param>
    /// <param name="erased">Whether each delivery's person was erased; empty if none was.</param>
    public static ArrivalOutcome Of(
        EventResult result,
        int first,
        IReadOnlyList<bool> stored,
        IReadOnlyList<bool> erased
    )
    {
        var count = result.Deliveries.Count;
        if (count == 0)
        {
            return new ArrivalOutcome(result.Outcome, result.Reason);
        }

        var suppressed = false;
        for (var place = first; place < first + count; place++)
        {
            if (stored[place])
            {
                return new ArrivalOutcome(result.Outcome, result.Reason);
            }

            suppressed |= erased.Count > 0 && erased[place];
        }

        return new ArrivalOutcome(
            Outcome.Ignored,
            suppressed ? Conversions.Reason.Erased : Conversions.Reason.Duplicate
        );
    }
}
