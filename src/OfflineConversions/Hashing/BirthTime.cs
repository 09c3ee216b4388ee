using System.Globalization;

namespace OfflineConversions.Hashing;

/// <summary>The time of day that may follow a date of birth.</summary>
internal static class BirthTime
{
    /// <summary>
    /// Whether the text after a date is words or a time of day, in any notation. Other numbers mean that it was not a
    /// date.
    /// </summary>
    public static bool IsIn(ReadOnlySpan<char> rest)
    {
        if (rest is ['T' or 't', >= '0' and <= '9', ..] || IsZero(rest))
        {
            return true;
        }

        var (count, at) = (0, 0);
        while (at < rest.Length)
        {
            if (!char.IsDigit(rest[at]))
            {
                at++;
                continue;
            }

            var start = at;
            while (at < rest.Length && char.IsDigit(rest[at]))
            {
                at++;
            }

            if (!IsPart(rest, count++, start, at))
            {
                return false;
            }
        }

        // A single number is an hour only before "am" or "pm".
        return count != 1 || IsCompactTime(rest) || HasHalfOfDay(rest);
    }

    /// <summary>
    /// Whether the digits after an eight-digit date are a time: none, hours and minutes, or seconds too.
    /// </summary>
    public static bool IsCompact(ReadOnlySpan<char> digits) =>
        digits.Length is 0 or 4 or 6
        && (digits.IsEmpty || (IsAtMost(digits[..2], 24) && IsAtMost(digits[2..4], 59) && IsAtMost(digits[4..], 60)));

    // A spreadsheet's 19901231.0
    private static bool IsZero(ReadOnlySpan<char> rest) => rest is ['.' or ',', '0', ..] && rest[1..].Trim('0').IsEmpty;

    // Hour, minute, second; then a fraction and a time zone.
    private static bool IsPart(ReadOnlySpan<char> rest, int index, int start, int end)
    {
        var length = end - start;
        var isZone = start > 0 && rest[start - 1] is '+' or '-' or '−' && index > 0;
        return index switch
        {
            0 when length is 4 or 6 => IsCompact(rest[start..end]),
            0 => length <= 2 && IsAtMost(rest[start..end], 24),
            1 or 2 => (length <= 2 && IsAtMost(rest[start..end], 60)) || (isZone && length == 4) || length == 9,
            _ => length <= 9,
        };
    }

    private static bool IsAtMost(ReadOnlySpan<char> digits, int most) =>
        !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number <= most;

    private static bool IsCompactTime(ReadOnlySpan<char> rest)
    {
        var digits = 0;
        foreach (var c in rest)
        {
            digits += char.IsDigit(c) ? 1 : 0;
        }

        return digits is 4 or 6;
    }

    private static bool HasHalfOfDay(ReadOnlySpan<char> rest)
    {
        var end = rest.TrimEnd();
        return end.EndsWith("am", StringComparison.OrdinalIgnoreCase)
            || end.EndsWith("pm", StringComparison.OrdinalIgnoreCase)
            || end.EndsWith("a.m.", StringComparison.OrdinalIgnoreCase)
            || end.EndsWith("p.m.", StringComparison.OrdinalIgnoreCase);
    }
}
