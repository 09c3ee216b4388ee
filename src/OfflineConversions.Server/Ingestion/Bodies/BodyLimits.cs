using System.Text.Json;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>What a body may ask for beyond its own bytes: told before anything is mapped.</summary>
internal static class BodyLimits
{
    // A batch may share a person among its events. Written out that comes to a few times its size, never to this many.
    private const int SharedFactor = 16;

    /// <summary>
    /// Refuses a large body of so many names, values and brackets that to parse it would cost more than any honest one.
    /// </summary>
    /// <exception cref="JsonException">It is no JSON up to there.</exception>
    public static Refusal? Refuse(ReadOnlySpan<byte> json, IngestionOptions limits, TimeSlice? slice)
    {
        var mostTokens = LargeBodies.MostTokens(limits.MaxBodyBytes);
        return json.Length >= LargeBodies.Bytes && LargeBodies.HoldsMore(json, mostTokens, slice)
            ? Refusal.TooManyTokens(mostTokens)
            : null;
    }

    /// <summary>Refuses a body that holds no events, too many of them, or too much that they share.</summary>
    public static Refusal? Refuse(JsonElement body, ConversionPipeline pipeline, IngestionOptions limits)
    {
        if (pipeline.Refuse(body) is { } message)
        {
            return Refusal.WrongShape(message);
        }

        var size = pipeline.Measure(body);
        var mostBytes = SharedFactor * (long)limits.MaxBodyBytes;
        return size.Events > limits.MaxEventsPerBody ? Refusal.TooManyEvents(limits.MaxEventsPerBody)
            : size.Bytes > mostBytes ? Refusal.TooMuchShared(mostBytes)
            : null;
    }
}
