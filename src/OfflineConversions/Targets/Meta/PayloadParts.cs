using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>The parts of a payload that both shapes write alike.</summary>
internal static class PayloadParts
{
    /// <summary>
    /// Writes the values of one match key: as an array where the shape requires one or there are several values, else
    /// as one string.
    /// </summary>
    public static void WriteKey(this Utf8JsonWriter writer, MatchKeyName name, HashedKeys keys, bool onlyFirst)
    {
        var key = name.Key;
        if (!keys.Has(key))
        {
            return;
        }

        var isArray = name.IsList || (!onlyFirst && !name.IsSingle && keys.HasSeveral(key));
        writer.WritePropertyName(name.Encoded);
        if (isArray)
        {
            writer.WriteStartArray();
        }

        foreach (var entry in keys.Span)
        {
            if (entry.Key == key)
            {
                writer.WriteStringValue(entry.Value);
                if (!isArray)
                {
                    break;
                }
            }
        }

        if (isArray)
        {
            writer.WriteEndArray();
        }
    }

    public static void WriteContents(this Utf8JsonWriter writer, IReadOnlyList<Content> contents, string priceName)
    {
        if (contents.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("contents");
        for (var index = 0; index < contents.Count; index++)
        {
            var content = contents[index];
            writer.WriteStartObject();
            writer.WriteText("id", content.Id);
            writer.WriteNumber("quantity", content.Quantity);
            writer.WriteNumber(priceName, content.Price);
            writer.WriteText("brand", content.Brand);
            writer.WriteText("category", content.Category);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void WriteCustom(this Utf8JsonWriter writer, CustomData customData)
    {
        for (var index = 0; index < customData.Entries.Count; index++)
        {
            var (name, value) = customData.Entries[index];
            writer.WritePropertyName(name);
            if (value.Text is { } text)
            {
                writer.WriteStringValue(text);
            }
            else
            {
                writer.WriteRawValue(value.Json.Utf8, skipInputValidation: true);
            }
        }
    }

    public static void WriteDataProcessing(this Utf8JsonWriter writer, DataProcessing? processing)
    {
        if (processing is null)
        {
            return;
        }

        // An empty list means "no limit" to Meta, which differs from no list at all, so it is written.
        writer.WriteStartArray("data_processing_options");
        foreach (var option in processing.Options)
        {
            writer.WriteStringValue(option);
        }

        writer.WriteEndArray();
        writer.WriteNumber("data_processing_options_country", processing.Country);
        writer.WriteNumber("data_processing_options_state", processing.State);
    }
}
