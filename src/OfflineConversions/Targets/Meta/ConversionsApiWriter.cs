using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>The event object of the Conversions API. Source: Meta, "Server Event Parameters".</summary>
public static class ConversionsApiWriter
{
    /// <summary>Writes one event.</summary>
    public static void Write(Utf8JsonWriter writer, PreparedEvent prepared)
    {
        var conversion = prepared.Conversion;
        writer.WriteStartObject();
        writer.WriteString("event_name", prepared.EventName);
        writer.WriteNumber("event_time", prepared.EventTime.ToUnixTimeSeconds());
        writer.WriteString("event_id", conversion.EventId);
        writer.WriteString("action_source", prepared.ActionSource);
        writer.WriteText("event_source_url", conversion.EventSourceUrl);
        WriteUserData(writer, prepared);
        WriteCustomData(writer, prepared);
        writer.WriteDataProcessing(conversion.DataProcessing);
        writer.WriteEndObject();
    }

    private static void WriteUserData(Utf8JsonWriter writer, PreparedEvent prepared)
    {
        writer.WriteStartObject("user_data");
        foreach (var row in MatchKeyTable.Rows)
        {
            writer.WriteKey(row.UserData, prepared.Keys, row.Key, row.UserDataList, onlyFirst: false);
        }

        writer.WriteEndObject();
    }

    private static void WriteCustomData(Utf8JsonWriter writer, PreparedEvent prepared)
    {
        var conversion = prepared.Conversion;
        if (!HasCustomData(prepared))
        {
            return;
        }

        writer.WriteStartObject("custom_data");
        writer.WriteNumber("value", prepared.Money.Value);
        writer.WriteText("currency", prepared.Money.Currency);
        writer.WriteText("content_type", prepared.ContentType);
        writer.WriteList("content_ids", conversion.ContentIds);
        writer.WriteContents(conversion.Contents, "item_price");
        writer.WriteText("order_id", conversion.OrderId);
        writer.WriteText("item_number", conversion.ItemNumber);
        writer.WriteCustom(conversion.CustomData);
        writer.WriteEndObject();
    }

    private static bool HasCustomData(PreparedEvent prepared) =>
        prepared.Money != default
        || prepared.ContentType is not null
        || prepared.Conversion.ContentIds.Count > 0
        || prepared.Conversion.Contents.Count > 0
        || prepared.Conversion.OrderId is not null
        || prepared.Conversion.ItemNumber is not null
        || prepared.Conversion.CustomData.Entries.Count > 0;
}
