using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// The last stage, <c>write</c>: the finished delivery with its payload in the connection's shape. Not thread-safe: the
/// buffer is used again for each event.
/// </summary>
internal sealed class PayloadWriter : IDisposable
{
    private const int UsualBytes = 4096;

    // A retry comes within minutes; an equal sale without an id or a time can come every day.
    private static readonly TimeSpan AnonymousRepeats = TimeSpan.FromHours(1);

    // Text that is not ASCII stays readable and short. These bytes are never embedded in HTML.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = JsonLimits.MaxDepth + 10,
    };

    private readonly IMetaShape _shape;
    private readonly ArrayBufferWriter<byte> _buffer = new(UsualBytes);
    private readonly Utf8JsonWriter _json;

    public PayloadWriter(IMetaShape shape)
    {
        _shape = shape;
        _json = new Utf8JsonWriter(_buffer, Options);
    }

    /// <summary>How much memory the writer keeps.</summary>
    public int KeptBytes => _buffer.Capacity;

    /// <summary>Writes the event.</summary>
    public EventDelivery Write(in PricedEvent priced)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _shape.Write(_json, priced);
        _json.Flush();
        var conversion = priced.Event.Event;
        return new EventDelivery(
            priced.Target.DatasetId,
            conversion.UploadTag,
            priced.Target.EventName,
            conversion.EventId,
            priced.Event.ExpiresAt,
            _buffer.WrittenSpan.ToArray()
        )
        {
            LongestDeduplication = conversion is { HasOwnId: false, EventTime: null } ? AnonymousRepeats : null,
        };
    }

    public void Dispose() => _json.Dispose();
}
