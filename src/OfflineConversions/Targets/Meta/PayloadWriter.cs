using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// The last stage, <c>write</c>: the finished delivery with its payload in the connection's shape. Not thread-safe: the
/// buffer is used again for each event.
/// </summary>
internal sealed class PayloadWriter(IMetaShape shape)
{
    private const int UsualBytes = 4096;

    // A retry comes within minutes; an equal sale without an id or a time can come every day.
    private static readonly TimeSpan AnonymousRepeats = TimeSpan.FromHours(1);

    private readonly JsonOutput _output = new(UsualBytes);

    /// <summary>How much memory the writer keeps.</summary>
    public int KeptBytes => _output.Capacity;

    /// <summary>Forgets the last payload.</summary>
    public void Clear() => _output.Clear();

    /// <summary>Writes the event.</summary>
    /// <param name="priced">The event.</param>
    /// <param name="payloads">Receives the payload; without it, the payload gets an array of its own.</param>
    public EventDelivery Write(in PricedEvent priced, PayloadBuffer? payloads)
    {
        _output.Clear();
        shape.Write(_output, priced);
        var conversion = priced.Event.Event;
        return new EventDelivery(
            priced.Target.DatasetId,
            conversion.UploadTag,
            priced.Target.EventName,
            conversion.EventId,
            priced.Event.ExpiresAt,
            payloads?.Copy(_output.Written) ?? _output.Written.ToArray()
        )
        {
            LongestDeduplication = conversion is { HasOwnId: false, EventTime: null } ? AnonymousRepeats : null,
            Quality = new EventQuality(
                priced.Event.Keys.WrittenIn(shape.NamedKeys),
                conversion.EventTime is null ? null : priced.Event.EventTime.ToUnixTimeSeconds(),
                priced.Event.ActionSource
            ),
        };
    }
}
