using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>
/// Times as sources write them: text in the forms of <see cref="TimeText"/>, or Unix time in seconds, milliseconds,
/// microseconds or nanoseconds, as a number or in digits.
/// </summary>
internal static class Times
{
    // Up to 11 digits count seconds, then milliseconds, from 16 digits on microseconds and from 19 on nanoseconds: each
    // unit starts where the previous one would lie beyond the year 5000.
    private const decimal FirstMilliseconds = 100_000_000_000;
    private const decimal FirstMicroseconds = 1_000_000_000_000_000;
    private const decimal FirstNanoseconds = 1_000_000_000_000_000_000;

    /// <summary>Reads a time; <see langword="null"/> if it cannot be read. Text without an offset is UTC.</summary>
    /// <param name="element">The time.</param>
    /// <param name="order">How a date such as 03/04/2026 is read.</param>
    public static DateTimeOffset? Read(JsonPart element, DateOrder order)
    {
        // A fast path for the form that every SDK writes. Without the Z it would be read as local time, and the parser
        // throws for escapes that are not Unicode.
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

        var isText = element.ValueKind == JsonValueKind.String;
        return (isText ? TimeText.ParseCompact(text) : null)
            ?? (
                decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? FromUnix(number)
                    : TimeText.Parse(text, order)
            );
    }

    private static DateTimeOffset? FromUnix(decimal number)
    {
        // Checked first, because a product beyond a decimal would throw.
        if (number is < 0 or >= FirstNanoseconds * 1000)
        {
            return null;
        }

        var milliseconds = decimal.Floor(
            number switch
            {
                >= FirstNanoseconds => number / 1_000_000,
                >= FirstMicroseconds => number / 1000,
                >= FirstMilliseconds => number,
                _ => number * 1000,
            }
        );
        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds)
            : null;
    }
}
