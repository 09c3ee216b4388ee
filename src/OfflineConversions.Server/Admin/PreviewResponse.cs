using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Admin;

/// <summary>The body of a preview's response: one object per event, in order.</summary>
internal static class PreviewResponse
{
    public static byte[] Write(IReadOnlyList<EventResult> results, MetaApi api)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("events"u8);
            foreach (var result in results)
            {
                Write(writer, result, api);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, EventResult result, MetaApi api)
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
        writer.WriteEndObject();
    }
}
