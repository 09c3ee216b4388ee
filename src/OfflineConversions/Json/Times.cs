using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>
/// Times as sources write them: ISO 8601 text, or Unix seconds or milliseconds as a number or in digits.
/// </summary>
internal static class Times
{
    // From here on a number counts milliseconds: as seconds it would be the year 5138.
    private const long FirstMilliseconds = 100_000_000_000;

    /// <summary>Reads a time; <see langword="null"/> where it is none. Text without an offset is UTC.</summary>
    public static DateTimeOffset? Read(JsonElement element)
    {
        // The form that every SDK writes needs no text; without the Z it would be read as local time.
        // Nothing escaped: the parser would throw where that is no Unicode.
        if (
            element.ValueKind == JsonValueKind.String
            && JsonText.Raw(element) is [.., (byte)'Z'] raw
            && !raw.Contains((byte)'\\')
            && element.TryGetDateTimeOffset(out var utc)
        )
        {
            return utc;
        }

        if (
            JsonText.Of(element) is not { } text
            || element.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)
        )
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return FromUnix(number);
        }

        // Only year-first text: any other order would be a guess.
        return
            text.Length >= 10
            && text[4] == '-'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : null;
    }

    private static DateTimeOffset? FromUnix(decimal number)
    {
        var milliseconds = decimal.Floor(number >= FirstMilliseconds ? number : number * 1000);
        return milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds)
            : null;
    }
}
