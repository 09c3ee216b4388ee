using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Origins;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Admin;

/// <summary>The body of a preview's response: one object per event, in order.</summary>
internal static class PreviewResponse
{
    /// <summary>Writes the response.</summary>
    /// <param name="results">What became of each event.</param>
    /// <param name="origins">Where their fields come from; null if the body was not examined.</param>
    /// <param name="api">The shape of Meta's objects.</param>
    public static byte[] Write(IReadOnlyList<EventResult> results, IReadOnlyList<EventOrigins>? origins, MetaApi api)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("events"u8);
            foreach (var (index, result) in results.Index())
            {
                Write(writer, result, origins?[index], api);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, EventResult result, EventOrigins? origins, MetaApi api)
    {
        writer.WriteStartObject();
        writer.WriteString("outcome"u8, result.Outcome.Name());
        writer.WriteString("reason"u8, result.Reason);
        if (result.Reason is { } reason)
        {
            writer.WriteString("remedy"u8, ReasonCatalogue.OfOutcome(reason)?.Remedy);
        }

        writer.WriteStartArray("warnings"u8);
        foreach (var warning in result.Warnings)
        {
            writer.WriteStringValue(warning);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("deliveries"u8);
        foreach (var delivery in result.Deliveries)
        {
            writer.WriteStartObject();
            writer.WriteString("datasetId"u8, delivery.DatasetId);
            writer.WriteString("api"u8, api.ToString());
            writer.WriteString("uploadTag"u8, delivery.UploadTag);
            writer.WritePropertyName("event"u8);
            writer.WriteRawValue(delivery.Payload.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        Write(writer, "origins", origins?.Fields.Select(field => KeyValuePair.Create(field.Path, field.Origin)));
        Write(
            writer,
            "warningOrigins",
            origins?.Warnings.Select(warning => KeyValuePair.Create(warning.Key, (string?)warning.Value))
        );
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, string?>>? origins)
    {
        if (origins is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        foreach (var (path, origin) in origins)
        {
            if (origin is not null)
            {
                writer.WriteString(path, origin);
            }
        }

        writer.WriteEndObject();
    }
}
