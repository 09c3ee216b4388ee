using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>What it costs to map a body, measured before the first event is mapped.</summary>
/// <param name="WrongShape">Why the body has no events at all.</param>
/// <param name="Size">How much work its events are.</param>
internal readonly record struct BodyCost(Refusal? WrongShape, BodySize Size)
{
    // Events of a batch may share a person. Written into each event, ordinary batches grow
    // a few times, never this much.
    private const int SharedFactor = 16;

    /// <summary>
    /// Whether mapping the body is long work, although the body is small: it has many events, or they share much.
    /// </summary>
    public bool IsLong => Size.Events > LargeBodies.Events || Size.Bytes >= LargeBodies.Bytes;

    /// <summary>Measures a body.</summary>
    public static BodyCost Of(JsonPart body, ConversionPipeline pipeline) =>
        pipeline.Refuse(body) is { } message
            ? new BodyCost(Refusal.WrongShape(message), default)
            : new BodyCost(WrongShape: null, pipeline.Measure(body));

    /// <summary>Refuses a body without events, with too many events, or whose events share too much.</summary>
    public Refusal? Refuse(IngestionOptions limits)
    {
        var mostBytes = SharedFactor * (long)limits.MaxBodyBytes;
        return WrongShape
            ?? (
                Size.Events > limits.MaxEventsPerBody ? Refusal.TooManyEvents(limits.MaxEventsPerBody)
                : Size.Bytes > mostBytes ? Refusal.TooMuchShared(mostBytes)
                : null
            );
    }
}
