using OfflineConversions.Conversions;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Tail;
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
        var first = 0;
        for (var i = 0; i < outcomes.Length; i++)
        {
            var result = results[i];
            var final = ArrivalOutcome.Of(result, first, stored, erased);
            first += result.Deliveries.Count;
            outcomes[i] = new EventOutcome(
                final.Outcome,
                final.Reason,
                result.Warnings,
                result.EventId,
                result.EventName
            );
        }

        return outcomes;
    }

    /// <summary>The outcome as those who are watching see it.</summary>
    public TailOutcome ToTail(DateTimeOffset at, Connection connection)
    {
        var isErased = Reason == Codes.Erased;
        return new TailOutcome(
            at,
            isErased ? null : JournalBlock.Shown(EventId),
            new JournalKind(
                connection.Name,
                connection.Source.Tag,
                isErased ? null : EventName,
                Outcome,
                Reason,
                Warnings,
                Targets: []
            )
        );
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
