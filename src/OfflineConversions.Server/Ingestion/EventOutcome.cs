using OfflineConversions.Conversions;
using Codes = OfflineConversions.Conversions.Reason;

namespace OfflineConversions.Server.Ingestion;

/// <summary>What became of one source event in the end, after the outbox has told the duplicates.</summary>
internal readonly record struct EventOutcome(
    Outcome Outcome,
    string? Reason,
    IReadOnlyList<string> Warnings,
    string? EventId
)
{
    /// <summary>
    /// Joins what the mapping said with what the outbox stored: one flag a delivery, in order; those of persons who
    /// were erased only where there are any.
    /// </summary>
    public static EventOutcome[] From(
        IReadOnlyList<EventResult> results,
        IReadOnlyList<bool> stored,
        IReadOnlyList<bool> erased
    )
    {
        var outcomes = new EventOutcome[results.Count];
        var next = 0;
        for (var i = 0; i < outcomes.Length; i++)
        {
            var result = results[i];
            var fresh = result.Deliveries.Count == 0;
            var suppressed = false;
            for (var delivery = 0; delivery < result.Deliveries.Count; delivery++, next++)
            {
                fresh |= stored[next];
                suppressed |= erased.Count > 0 && erased[next];
            }

            outcomes[i] = fresh
                ? new EventOutcome(result.Outcome, result.Reason, result.Warnings, result.EventId)
                : new EventOutcome(
                    Outcome.Ignored,
                    suppressed ? Codes.Erased : Codes.Duplicate,
                    result.Warnings,
                    result.EventId
                );
        }

        return outcomes;
    }
}

/// <summary>The names outcomes have in answers and metrics.</summary>
internal static class OutcomeNames
{
    /// <summary><c>accepted</c>, <c>ignored</c> or <c>rejected</c>.</summary>
    public static string Name(this Outcome outcome) =>
        outcome switch
        {
            Outcome.Accepted => "accepted",
            Outcome.Ignored => "ignored",
            _ => "rejected",
        };
}
