using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// The event object of the legacy offline-events shape. Source: Meta, "Offline Conversions API" (retired 2025-05-14).
/// </summary>
public static class OfflineEventsWriter
{
    /// <summary>Writes one event.</summary>
    public static void Write(Utf8JsonWriter writer, PreparedEvent prepared)
    {
        var conversion = prepared.Conversion;
        writer.WriteStartObject();
        WriteMatchKeys(writer, prepared);
        writer.WriteString("event_name", prepared.EventName);
        writer.WriteNumber("event_time", prepared.EventTime.ToUnixTimeSeconds());
        writer.WriteString("action_source", prepared.ActionSource);
        writer.WriteText("event_source_url", conversion.EventSourceUrl);
        writer.WriteNumber("value", prepared.Money.Value);
        writer.WriteText("currency", prepared.Money.Currency);
        writer.WriteText("content_type", prepared.ContentType);
        writer.WriteList("content_ids", conversion.ContentIds);
        writer.WriteContents(conversion.Contents, "price");
        writer.WriteText("order_id", conversion.OrderId);
        writer.WriteText("item_number", conversion.ItemNumber);
        WriteCustomData(writer, conversion.CustomData);
        writer.WriteDataProcessing(conversion.DataProcessing);
        writer.WriteEndObject();
    }

    private static void WriteMatchKeys(Utf8JsonWriter writer, PreparedEvent prepared)
    {
        writer.WriteStartObject("match_keys");
        foreach (var row in MatchKeyTable.Rows)
        {
            if (row.MatchKeys is { } name)
            {
                writer.WriteKey(name, prepared.Keys, row.Key, row.MatchKeyList, onlyFirst: true);
            }
        }

        if (prepared.Keys.BirthdateParts is var (year, month, day))
        {
            writer.WriteString("doby", year);
            writer.WriteString("dobm", month);
            writer.WriteString("dobd", day);
        }

        writer.WriteEndObject();
    }

    private static void WriteCustomData(Utf8JsonWriter writer, CustomData customData)
    {
        if (customData.Entries.Count > 0)
        {
            writer.WriteStartObject("custom_data");
            writer.WriteCustom(customData);
            writer.WriteEndObject();
        }
    }
}
