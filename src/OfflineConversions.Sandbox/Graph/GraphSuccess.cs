using System.Text.Json.Serialization;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>The Conversions API's answer to a batch it took. Source: Meta, "Using the API".</summary>
internal sealed record GraphSuccess(
    [property: JsonPropertyName("events_received")] int EventsReceived,
    [property: JsonPropertyName("messages")] IReadOnlyList<string> Messages,
    [property: JsonPropertyName("fbtrace_id")] string TraceId
);

/// <summary>The legacy API's answer to a batch it took.</summary>
internal sealed record OfflineSuccess(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("num_processed_entries")] int ProcessedEntries
);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GraphFailure))]
[JsonSerializable(typeof(GraphSuccess))]
[JsonSerializable(typeof(OfflineSuccess))]
internal sealed partial class GraphJson : JsonSerializerContext;
