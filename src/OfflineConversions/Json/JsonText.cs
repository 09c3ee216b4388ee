using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OfflineConversions.Json;

/// <summary>
/// JSON values as text. Never throws for anything that a body contains: text that is not Unicode is absent.
/// </summary>
internal static class JsonText
{
    /// <summary>How long \uD83D is.</summary>
    private const int UnitLength = 6;

    /// <summary>
    /// The text of a string, number or boolean, trimmed; <see langword="null"/> for everything else and for blank text.
    /// </summary>
    public static string? Of(JsonPart element)
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

    /// <summary>The same as a slice of the body, where it is one.</summary>
    public static BodyText Slice(JsonPart element) =>
        TryPlainKey(element, out var ascii) ? element.TextOf(ascii) : Of(element);

    // Spreadsheets and data frames write the phone number 12025550146 and the zip 90009 as 12025550146.0 and 90009.0,
    // Java and Spark as 1.2025550146E10 and 90009.0.
    private static string Whole(string number)
    {
        if (number.AsSpan().IndexOfAny('e', 'E') >= 0)
        {
            return
                decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && decimal.IsInteger(value)
                ? value.ToString("0", CultureInfo.InvariantCulture)
                : number;
        }

        var point = number.IndexOf('.', StringComparison.Ordinal);
        return point >= 0 && number.AsSpan(point + 1).TrimEnd('0').IsEmpty ? number[..point] : number;
    }

    /// <summary>The text of a scalar, or of each scalar in a list.</summary>
    public static IEnumerable<string> All(JsonPart element) => Each(element, Of);

    /// <summary>
    /// The text of a string or number, or of each in a list: what can identify a person. A boolean cannot.
    /// </summary>
    public static IEnumerable<string> Keys(JsonPart element) => Each(element, Key);

    private static IEnumerable<string> Each(JsonPart element, Func<JsonPart, string?> read)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return read(element) is { } text ? [text] : [];
        }

        return element.EnumerateArray().Select(read).OfType<string>();
    }

    /// <summary>The same for a single value; <see langword="null"/> for a list.</summary>
    public static string? Key(JsonPart element) =>
        element.ValueKind is JsonValueKind.String or JsonValueKind.Number ? Of(element) : null;

    /// <summary>
    /// The bytes of what <see cref="Key"/> returns, if they are the same in the body and ASCII, as nearly always.
    /// </summary>
    internal static bool TryPlainKey(JsonPart element, out ReadOnlySpan<byte> ascii)
    {
        ascii = element.ValueKind switch
        {
            JsonValueKind.String when !element.IsEscaped => element.Raw.Trim((byte)' '),
            JsonValueKind.Number when !element.Raw.ContainsAny(".eE"u8) => element.Raw,
            _ => default,
        };
        return !ascii.IsEmpty && Ascii.IsValid(ascii);
    }

    /// <summary>The name of a property; <see langword="null"/> if it is not Unicode.</summary>
    public static string? NameOf(JsonMember property) =>
        IsUnicode(property.RawName, property.IsEscaped) ? property.Name : null;

    /// <summary>Whether the value counts as absent: null, blank text, an empty list or object.</summary>
    public static bool IsEmpty(JsonPart element) =>
        element.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => true,
            JsonValueKind.String => IsBlank(Raw(element)),
            JsonValueKind.Array or JsonValueKind.Object => element.HasNoParts,
            _ => false,
        };

    // Nearly every text has a first character that decides it.
    private static bool IsBlank(ReadOnlySpan<byte> raw) =>
        raw.IsEmpty || (raw[0] is (byte)' ' or (byte)'\t' && raw.Trim(" \t"u8).IsEmpty);

    /// <summary>
    /// A member of an object; undefined if the element is not an object or has no such member. The last of equal names
    /// wins.
    /// </summary>
    public static JsonPart Member(JsonPart element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        JsonPart found = default;
        foreach (var property in element.EnumerateObject())
        {
            if (IsNamed(property, name))
            {
                found = property.Value;
            }
        }

        return found;
    }

    /// <summary>Whether a member has the name; one that is not Unicode never has.</summary>
    internal static bool IsNamed(JsonMember member, string name) =>
        member.IsEscaped ? NameOf(member) == name : Utf8Equals(member.RawName, name);

    /// <summary>The bytes between the quotes of a string, still escaped.</summary>
    public static ReadOnlySpan<byte> Raw(JsonPart element) => element.Raw;

    /// <summary>The text of a string, unchanged; <see langword="null"/> if it is not Unicode.</summary>
    public static string? Decode(JsonPart element)
    {
        var raw = element.Raw;
        return !element.IsEscaped && Ascii.IsValid(raw) ? Encoding.Latin1.GetString(raw)
            : IsUnicode(raw) ? element.GetString()
            : null;
    }

    private static bool IsUnicode(ReadOnlySpan<byte> raw, bool isEscaped) =>
        isEscaped ? IsUnicode(raw) : Utf8.IsValid(raw);

    /// <summary>
    /// Whether escaped text is Unicode: valid UTF-8, and every escaped surrogate is part of a pair. Much cheaper
    /// than an exception.
    /// </summary>
    public static bool IsUnicode(ReadOnlySpan<byte> raw)
    {
        if (!Utf8.IsValid(raw))
        {
            return false;
        }

        var at = NextEscape(raw, 0);
        while (at < raw.Length)
        {
            var unit = Unit(raw, at);
            if (char.IsSurrogate(unit) && !char.IsSurrogatePair(unit, Unit(raw, at + UnitLength)))
            {
                return false;
            }

            // The parser guarantees that every escape is complete. The second half of a pair is skipped with the
            // first.
            at = NextEscape(
                raw,
                at
                    + (
                        char.IsSurrogate(unit) ? 2 * UnitLength
                        : raw[at + 1] == (byte)'u' ? UnitLength
                        : 2
                    )
            );
        }

        return true;
    }

    private static int NextEscape(ReadOnlySpan<byte> raw, int from) =>
        raw[from..].IndexOf((byte)'\\') is >= 0 and var ahead ? from + ahead : raw.Length;

    // The code unit of the \u escape at the position; zero if there is no such escape.
    private static char Unit(ReadOnlySpan<byte> raw, int at) =>
        at + UnitLength <= raw.Length
        && raw[at] == (byte)'\\'
        && raw[at + 1] == (byte)'u'
        && ushort.TryParse(
            raw[(at + 2)..(at + UnitLength)],
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var unit
        )
            ? (char)unit
            : default;

    private static bool Utf8Equals(ReadOnlySpan<byte> utf8, string text) =>
        utf8.Length == text.Length
            ? Ascii.Equals(utf8, text)
            : utf8.Length > text.Length
                && Encoding.UTF8.GetByteCount(text) == utf8.Length
                && Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(utf8);
}
