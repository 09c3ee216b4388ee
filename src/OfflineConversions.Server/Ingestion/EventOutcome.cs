using OfflineConversions.Conversions;
using Codes = OfflineConversions.Conversions.Reason;

namespace OfflineConversions.Server.Ingestion;

/// <summary>The final outcome of one source event, after the outbox has found the duplicates.</summary>
internal readonly record struct EventOutcome(
    Outcome Outcome,
    string? Reason,
    IReadOnlyList<string> Warnings,
    string? EventId,
    string? EventName
)
{
    /// <summary>
    /// Combines the results of mapping with what the outbox stored.
    /// </summary>
    /// <param name="results">The result of each event.</param>
    /// <param name="stored">Whether each delivery of all events was stored, in order.</param>
    /// <param name="erased">
    /// Whether each delivery was suppressed because its person was erased; empty if none was.
    /// </param>
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
                ? new EventOutcome(result.Outcome, result.Reason, result.Warnings, result.EventId, result.EventName)
                : new EventOutcome(
                    Outcome.Ignored,
                    suppressed ? Codes.Erased : Codes.Duplicate,
                    result.Warnings,
                    result.EventId,
                    result.EventName
                );
        }

        return outcomes;
    }
}

/// <summary>The names of outcomes in responses and metrics.</summary>
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
