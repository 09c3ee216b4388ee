using OfflineConversions.Conversions;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.Segment;

/// <summary>
/// When a Segment event happened, freed of the client's clock error. Source: Segment, "Spec: Common Fields",
/// Timestamps.
/// </summary>
internal static class SegmentTime
{
    /// <summary>
    /// receivedAt − (sentAt − originalTimestamp) where the client says when it sent, else its timestamp, else the
    /// receipt.
    /// </summary>
    public static DateTimeOffset? Of(
        FieldValues fields,
        DateTimeOffset receivedAt,
        DateTimeOffset? batchSentAt,
        Warnings warnings
    )
    {
        var original = fields.Time(Field.OriginalTimestamp, warnings);
        var sentAt = fields.Time(Field.SentAt, warnings) ?? batchSentAt;
        if (original is null || sentAt is null)
        {
            return fields.Time(Field.EventTime, warnings) ?? original;
        }

        // A message that Segment forwards brings the time at which Segment received it.
        var clock = fields.Time(Field.ReceivedAt, warnings) ?? receivedAt;
        var age = sentAt.Value - original.Value;
        return age <= clock - DateTimeOffset.UnixEpoch && age >= clock - DateTimeOffset.MaxValue
            ? clock - age
            : original;
    }
}
