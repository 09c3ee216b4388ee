using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OfflineConversions.Mapping;

/// <summary>JSON values as text. Never throws for what a body may hold: text that is no Unicode is absent.</summary>
public static class JsonText
{
    /// <summary>The text of a string, number or boolean, trimmed; <see langword="null"/> for everything else and for blank text.</summary>
    public static string? Of(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                var text = Decode(element)?.Trim();
                return text is { Length: > 0 } ? text : null;
            case JsonValueKind.Number:
                return Whole(element.GetRawText());
            case JsonValueKind.True:
                return "true";
            case JsonValueKind.False:
                return "false";
            default:
                return null;
        }
    }

    // Spreadsheets and data frames write the phone number 12025550146 and the zip 90009 as 12025550146.0 and 90009.0,
    // Java and Spark as 1.2025550146E10 and 90009.0.
    private static string Whole(string number)
    {
        if (number.AsSpan().IndexOfAny('e', 'E') >= 0)
        {
            return decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && decimal.IsInteger(value)
                ? value.ToString("0", CultureInfo.InvariantCulture)
                : number;
        }

        var point = number.IndexOf('.', StringComparison.Ordinal);
        return point >= 0 && number.AsSpan(point + 1).TrimEnd('0').IsEmpty ? number[..point] : number;
    }

    /// <summary>The text of a scalar, or of each scalar in a list.</summary>
    public static IEnumerable<string> All(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return Of(element) is { } text ? [text] : [];
        }

        return element.EnumerateArray().Select(Of).OfType<string>();
    }

    /// <summary>The text of a string or number, or of each in a list: what can tell a person. A yes or no tells nobody.</summary>
    public static IEnumerable<string> Keys(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return Key(element) is { } text ? [text] : [];
        }

        return element.EnumerateArray().Select(Key).OfType<string>();
    }

    /// <summary>The same of a single value; a list has none.</summary>
    public static string? Key(JsonElement element) =>
        element.ValueKind is JsonValueKind.String or JsonValueKind.Number ? Of(element) : null;

    /// <summary>The name of a property; <see langword="null"/> where it is no Unicode.</summary>
    public static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether the value counts as absent: null, blank text, an empty list or object.</summary>
    public static bool IsEmpty(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => true,
        JsonValueKind.String => Raw(element).Trim(" \t"u8).IsEmpty,
        JsonValueKind.Array => element.GetArrayLength() == 0,
        JsonValueKind.Object => element.GetPropertyCount() == 0,
        _ => false,
    };

    /// <summary>A member of an object; undefined where the element is no object or has none. The last of equal names wins.</summary>
    public static JsonElement Member(JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            // Another member's name is no Unicode: it is passed over.
            return element.EnumerateObject().LastOrDefault(member => NameOf(member) == name).Value;
        }
    }

    /// <summary>The bytes between the quotes of a string, still escaped.</summary>
    public static ReadOnlySpan<byte> Raw(JsonElement element) => JsonMarshal.GetRawUtf8Value(element)[1..^1];

    /// <summary>The text of a string as it is; <see langword="null"/> where it is no Unicode.</summary>
    public static string? Decode(JsonElement element)
    {
        var raw = Raw(element);
        if (!raw.Contains((byte)'\\'))
        {
            return Utf8.IsValid(raw) ? Encoding.UTF8.GetString(raw) : null;
        }

        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate or invalid UTF-8
        }
    }
}
