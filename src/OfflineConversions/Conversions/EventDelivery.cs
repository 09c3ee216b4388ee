namespace OfflineConversions.Conversions;

/// <summary>
/// One conversion event bound for one dataset under one event name: finished, hashed, ready to be stored and sent.
/// </summary>
/// <param name="DatasetId">Meta's container: a dataset, pixel or offline event set id.</param>
/// <param name="UploadTag">The request-level <c>upload_tag</c>, or <see langword="null"/> for none.</param>
/// <param name="EventName">The event name at Meta.</param>
/// <param name="EventId">
/// The event id; with dataset and event name it identifies the delivery for deduplication.
/// </param>
/// <param name="ExpiresAt">When Meta's acceptance window for the event closes.</param>
/// <param name="Payload">UTF-8 JSON: exactly the object that stands in Meta's <c>data</c> array.</param>
public sealed record EventDelivery(
    string DatasetId,
    string? UploadTag,
    string EventName,
    string EventId,
    DateTimeOffset ExpiresAt,
    ReadOnlyMemory<byte> Payload
);

/// <summary>What became of one source event, with the deliveries it led to.</summary>
/// <param name="Outcome">Accepted, ignored or rejected.</param>
/// <param name="Reason">The reason code of an ignored or rejected event; <see langword="null"/> when accepted.</param>
/// <param name="Warnings">Codes of what was left out or changed.</param>
/// <param name="Deliveries">Empty unless accepted.</param>
/// <param name="EventId">The event's id where one could be told.</param>
public sealed record EventResult(
    Outcome Outcome,
    string? Reason,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<EventDelivery> Deliveries,
    string? EventId
);
