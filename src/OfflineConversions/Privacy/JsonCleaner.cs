using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using OfflineConversions.Json;

namespace OfflineConversions.Privacy;

/// <summary>
/// Finds and leaves out, at any depth of a JSON value, what <c>custom_data</c> must not contain: personal names, text
/// with an e-mail address, text that is not Unicode, and numbers that no double can hold. Without the guard, only the
/// last two, which Meta could not read.
/// </summary>
internal static class JsonCleaner
{
    /// <summary>Whether there is nothing to leave out.</summary>
    public static bool IsClean(JsonElement element, bool guard)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return IsCleanText(element, guard);
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    if (!IsClean(item, guard))
                    {
                        return false;
                    }
                }

                return true;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    if (!IsCleanName(property, guard) || !IsClean(property.Value, guard))
                    {
                        return false;
                    }
                }

                return true;
            case JsonValueKind.Number:
                return Number.IsFinite(element);
            default:
                return true;
        }
    }

    private static bool IsCleanScalar(JsonElement element, bool guard) =>
        element.ValueKind is JsonValueKind.Object or JsonValueKind.Array || IsClean(element, guard);

    private static bool IsCleanName(JsonProperty property, bool guard) =>
        JsonText.NameOf(property) is { } name
        && (!guard || !(PersonalNames.Contain(name) || EmailFinder.FindsIn(name)));

    private static bool IsCleanText(JsonElement text, bool guard)
    {
        var raw = JsonText.Raw(text);
        if (!raw.ContainsAny((byte)'\\', (byte)'@', (byte)'%'))
        {
            return Utf8.IsValid(raw);
        }

        return JsonText.Decode(text) is { } decoded && !(guard && EmailFinder.FindsIn(decoded));
    }

    /// <summary>
    /// The value without what must be left out, or <see langword="null"/> if nothing is left. Rare, so it may cost a
    /// second document.
    /// </summary>
    public static JsonElement? Clean(JsonElement element, bool guard)
    {
        if (element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteClean(writer, element, guard);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory, JsonLimits.Document);
        return document.RootElement.Clone();
    }

    private static void WriteClean(Utf8JsonWriter writer, JsonElement element, bool guard)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject())
                {
                    if (IsCleanName(property, guard) && IsCleanScalar(property.Value, guard))
                    {
                        writer.WritePropertyName(property.Name);
                        WriteClean(writer, property.Value, guard);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    if (IsCleanScalar(item, guard))
                    {
                        WriteClean(writer, item, guard);
                    }
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(element), skipInputValidation: true);
                break;
        }
    }
}
