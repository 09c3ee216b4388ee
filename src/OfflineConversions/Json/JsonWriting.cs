using System.Runtime.InteropServices;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Json;

/// <summary>What both shapes have in common. Absent things are left out, never null or empty.</summary>
internal static class JsonWriting
{
    public static void WriteText(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    public static void WriteNumber(this Utf8JsonWriter writer, string name, Number? value)
    {
        if (value is { } number)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(number.Text, skipInputValidation: true);
        }
    }

    public static void WriteList(this Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            writer.WriteStartArray(name);
            foreach (var value in values)
            {
                writer.WriteStringValue(value);
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>The values of one key: a list where the shape wants one or there are several, else one text.</summary>
    public static void WriteKey(
        this Utf8JsonWriter writer,
        JsonEncodedText name,
        HashedKeys keys,
        MatchKey key,
        bool list,
        bool onlyFirst
    )
    {
        if (!keys.Has(key))
        {
            return;
        }

        var isArray = list || (!onlyFirst && keys.HasSeveral(key));
        writer.WritePropertyName(name);
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
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value.Json), skipInputValidation: true);
            }
        }
    }

    public static void WriteDataProcessing(this Utf8JsonWriter writer, DataProcessing? processing)
    {
        if (processing is null)
        {
            return;
        }

        // An empty list is Meta's way to say "explicitly no limit", so it is written.
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
