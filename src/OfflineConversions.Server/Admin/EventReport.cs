using OfflineConversions.Hashing;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Admin;

/// <summary>Everything that is known about one event.</summary>
/// <param name="EventId">Its id; null if only its digest is kept.</param>
/// <param name="Occurrences">Its arrivals, newest first.</param>
internal sealed record EventReport(string? EventId, IReadOnlyList<EventOccurrence> Occurrences)
{
    /// <summary>The events of some arrivals, the one that arrived last first.</summary>
    /// <param name="arrivals">The arrivals.</param>
    /// <param name="stops">What is stopped.</param>
    /// <param name="asked">
    /// What was searched for. An event with only a digest is shown with it if it is the event's id.
    /// </param>
    public static IReadOnlyList<EventReport> Of(
        IEnumerable<JournalArrival> arrivals,
        PendingStops stops,
        string? asked = null
    ) =>
        [
            .. arrivals
                .GroupBy(arrival => arrival.Digest)
                .Select(group => new EventReport(
                    group.Select(arrival => arrival.EventId).Append(asked).FirstOrDefault(id => IsWhole(id, group.Key)),
                    [.. group.Select(arrival => EventOccurrence.Of(arrival, stops))]
                )),
        ];

    // Of a long id, the journal keeps the beginning only.
    private static bool IsWhole(string? id, ulong digest) => id is not null && ShortDigests.Of(id) == digest;
}

/// <summary>One arrival of an event.</summary>
/// <param name="Connection">The connection that received it.</param>
/// <param name="Source">The tag of its source.</param>
/// <param name="EventName">The name that the source gave it; null if it looks like personal data.</param>
/// <param name="ReceivedAt">When it was stored.</param>
/// <param name="Outcome"><c>accepted</c>, <c>ignored</c> or <c>rejected</c>.</param>
/// <param name="Reason">Why it was not accepted.</param>
/// <param name="Meaning">What happened, in words.</param>
/// <param name="Remedy">What to do about that, or about its first warning.</param>
/// <param name="Warnings">What was left out or changed.</param>
/// <param name="Deliveries">What became of it, for each dataset.</param>
internal sealed record EventOccurrence(
    string Connection,
    string Source,
    string? EventName,
    DateTimeOffset ReceivedAt,
    string Outcome,
    string? Reason,
    string Meaning,
    string? Remedy,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<EventDeliveryReport> Deliveries
)
{
    public static EventOccurrence Of(JournalArrival arrival, PendingStops stops) =>
        new(
            arrival.Event.Connection,
            arrival.Event.Source,
            arrival.Event.EventName,
            arrival.ReceivedAt,
            arrival.Event.Outcome.Name(),
            arrival.Event.Reason,
            MeaningOf(arrival.Event),
            OutcomeItem.RemedyOf(arrival.Event),
            arrival.Event.Warnings,
            [.. arrival.Deliveries.Select(delivery => EventDeliveryReport.Of(arrival, delivery, stops))]
        );

    private static string MeaningOf(JournalKind kind) =>
        (kind.Outcome, OutcomeItem.EntryOf(kind)) switch
        {
            (Conversions.Outcome.Accepted, null) => "It was accepted.",
            (Conversions.Outcome.Accepted, { } warning) => $"It was accepted with a warning. {warning.Meaning}",
            (_, { } reason) => reason.Meaning,
            _ => "It was not accepted.",
        };
}
