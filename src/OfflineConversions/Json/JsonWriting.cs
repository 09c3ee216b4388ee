using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>Writes members that may be absent. An absent member is left out, never written as null or empty.</summary>
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
}
