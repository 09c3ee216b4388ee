using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>A response that is ready to be sent.</summary>
internal sealed record SandboxResponse(int Status, string ContentType, byte[] Body, SandboxError? Error = null)
{
    private const string Json = "application/json; charset=UTF-8";

    public static SandboxResponse Failure(SandboxError error, string traceId)
    {
        var traced = error with { TraceId = traceId };
        return new(
            traced.Status,
            Json,
            JsonSerializer.SerializeToUtf8Bytes(new SandboxFailure(traced), GraphJson.Default.SandboxFailure),
            traced
        );
    }

    public static SandboxResponse Success(EventShape shape, string dataset, int events, string traceId) =>
        new(
            StatusCodes.Status200OK,
            Json,
            shape == EventShape.OfflineEvents
                ? JsonSerializer.SerializeToUtf8Bytes(
                    new SandboxOfflineSuccess(dataset, events),
                    GraphJson.Default.SandboxOfflineSuccess
                )
                : JsonSerializer.SerializeToUtf8Bytes(
                    new SandboxSuccess(events, [], traceId),
                    GraphJson.Default.SandboxSuccess
                )
        );

    /// <summary>The response to a reading call.</summary>
    public static SandboxResponse Of(JsonObject body) =>
        new(StatusCodes.Status200OK, Json, Encoding.UTF8.GetBytes(body.ToJsonString()));

    /// <summary>A body that is not Graph's, such as a proxy's page.</summary>
    public static SandboxResponse Literal(Fault fault) =>
        new(
            fault.Status ?? StatusCodes.Status200OK,
            fault.Body!.AsSpan().TrimStart().StartsWith('<') ? "text/html; charset=utf-8" : Json,
            Encoding.UTF8.GetBytes(fault.Body!)
        );

    /// <summary>Graph's <c>fbtrace_id</c>. The sandbox's contains the number of the request.</summary>
    public static string TraceId(long requestId) => "Sandbox" + requestId.ToString("D16", CultureInfo.InvariantCulture);
}

/// <summary>The Conversions API's response to an accepted batch. Source: Meta, "Using the API".</summary>
internal sealed record SandboxSuccess(
    [property: JsonPropertyName("events_received")] int EventsReceived,
    [property: JsonPropertyName("messages")] IReadOnlyList<string> Messages,
    [property: JsonPropertyName("fbtrace_id")] string TraceId
);

/// <summary>The legacy API's response to an accepted batch.</summary>
internal sealed record SandboxOfflineSuccess(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("num_processed_entries")] int ProcessedEntries
);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SandboxFailure))]
[JsonSerializable(typeof(SandboxSuccess))]
[JsonSerializable(typeof(SandboxOfflineSuccess))]
internal sealed partial class GraphJson : JsonSerializerContext;
