using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.Segment;

/// <summary>
/// When a Segment event happened, corrected for the error of the client's clock. Source: Segment, "Spec: Common
/// Fields", Timestamps.
/// </summary>
/// <param name="message">The message's own fields.</param>
/// <param name="batch">Those of the batch that contains it, which may say when the client sent it.</param>
/// <param name="order">How an ambiguous date is read.</param>
internal readonly struct SegmentTime(FieldValues message, FieldValues? batch, DateOrder order)
{
    /// <summary>
    /// receivedAt − (sentAt − originalTimestamp) if the client states when it sent the event, else its timestamp, else
    /// the time of receipt.
    /// </summary>
    public DateTimeOffset? Of(DateTimeOffset receivedAt, Warnings warnings)
    {
        var batchSentAt = batch?.Time(Field.SentAt, order, warnings);
        var original = message.Time(Field.OriginalTimestamp, order, warnings);
        var sentAt = message.Time(Field.SentAt, order, warnings) ?? batchSentAt;
        if (original is null || sentAt is null)
        {
            return message.Time(Field.EventTime, order, warnings) ?? original;
        }

        // A message that Segment forwards contains the time at which Segment received it.
        var clock = message.Time(Field.ReceivedAt, order, warnings) ?? receivedAt;
        var age = sentAt.Value - original.Value;
        return age <= clock - DateTimeOffset.UnixEpoch && age >= clock - DateTimeOffset.MaxValue
            ? clock - age
            : original;
    }
}
