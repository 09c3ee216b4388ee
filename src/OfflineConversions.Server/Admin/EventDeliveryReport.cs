using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Admin;

/// <summary>What became of one delivery of an event.</summary>
/// <param name="DatasetId">The dataset.</param>
/// <param name="EventName">The name of the event there.</param>
/// <param name="State">
/// <c>pending</c>, <c>delivered</c>, <c>failed</c>, <c>discarded</c>, <c>expired</c> or <c>erased</c>.
/// </param>
/// <param name="Reason">Why it failed, or what stops the sending.</param>
/// <param name="Meaning">What happened, in words.</param>
/// <param name="Remedy">What to do about it; null if nothing.</param>
/// <param name="AcceptedAt">When it was stored.</param>
/// <param name="DeliveredAt">When Meta accepted it.</param>
/// <param name="ChangedAt">When it came into a state that is neither pending nor delivered.</param>
/// <param name="Attempts">How many attempts were made to send it.</param>
/// <param name="NextAttemptAt">When it is due; null while an operator has paused the connection.</param>
/// <param name="Meta">What Meta said.</param>
internal sealed record EventDeliveryReport(
    string DatasetId,
    string EventName,
    string State,
    string? Reason,
    string Meaning,
    string? Remedy,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? ChangedAt,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    MetaReport? Meta
)
{
    public static EventDeliveryReport Of(JournalArrival arrival, JournalDelivery delivery, PendingStops stops)
    {
        var stop =
            delivery.State == DeliveryState.Pending ? stops.Of(arrival.Event.Connection, delivery.DatasetId) : null;
        var explanation = DeliveryExplanation.Of(delivery, stop);
        return new EventDeliveryReport(
            delivery.DatasetId,
            delivery.EventName,
            delivery.State.ToString().ToLowerInvariant(),
            explanation.Reason,
            explanation.Meaning,
            explanation.Remedy,
            arrival.ReceivedAt,
            delivery.State == DeliveryState.Delivered ? delivery.At : null,
            delivery.State is DeliveryState.Pending or DeliveryState.Delivered ? null : delivery.At,
            delivery.Attempts,
            DueAt(delivery, stop),
            MetaReport.Of(delivery.Answer)
        );
    }

    private static DateTimeOffset? DueAt(JournalDelivery delivery, PendingStop? stop) =>
        stop is null || (stop.EndsByItself && delivery.NextAttemptAt > stop.NextAttemptAt)
            ? delivery.NextAttemptAt
            : stop.NextAttemptAt;
}

/// <summary>What Meta said about a delivery.</summary>
/// <param name="Code">Its error code.</param>
/// <param name="Subcode">Its error subcode.</param>
/// <param name="Title">What the codes mean, in the service's own words.</param>
/// <param name="FbtraceId">Its <c>fbtrace_id</c>.</param>
internal sealed record MetaReport(int? Code, int? Subcode, string? Title, string? FbtraceId)
{
    public static MetaReport? Of(MetaAnswer? answer) =>
        answer is null ? null : new MetaReport(answer.Code, answer.Subcode, answer.Title, answer.TraceId);
}
