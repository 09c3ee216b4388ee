namespace OfflineConversions.Conversions;

/// <summary>
/// One conversion event for one dataset under one event name: hashed, written and ready to be stored and sent.
/// </summary>
/// <param name="DatasetId">Meta's container: a dataset, pixel or offline event set id.</param>
/// <param name="UploadTag">The request-level <c>upload_tag</c>, or <see langword="null"/> for none.</param>
/// <param name="EventName">The event name at Meta.</param>
/// <param name="EventId">
/// The event id. With dataset and event name it identifies the delivery for deduplication.
/// </param>
/// <param name="ExpiresAt">When Meta stops accepting the event.</param>
/// <param name="Payload">
/// UTF-8 JSON: exactly the object that goes into Meta's <c>data</c> array. Valid as long as the buffer that the caller
/// of the mapping gave for it, if any.
/// </param>
public sealed record EventDelivery(
    string DatasetId,
    string? UploadTag,
    string EventName,
    string EventId,
    DateTimeOffset ExpiresAt,
    ReadOnlyMemory<byte> Payload
)
{
    /// <summary>
    /// The longest time for which a repeat counts as a duplicate, whatever the connection says; <see langword="null"/>
    /// for no such limit. An event that has neither an id nor a time may be another sale of the same goods.
    /// </summary>
    public TimeSpan? LongestDeduplication { get; init; }

    /// <summary>What its quality is judged by.</summary>
    internal EventQuality Quality { get; init; }
}
