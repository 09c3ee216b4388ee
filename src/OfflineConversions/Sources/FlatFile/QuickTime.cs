using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// The forms that most exports have, without a time zone: <c>2026-11-28 14:05:00</c> and <c>28.11.2026 14:05</c>, with
/// or without seconds and time. Everything else is left to the reader of every form, which takes ten times as long.
/// </summary>
internal static class QuickTime
{
    /// <summary>Reads a local time; <see langword="null"/> if it is in another form.</summary>
    public static DateTime? Read(ReadOnlySpan<char> text, DateOrder order)
    {
        if (text.Length < 10)
        {
            return null;
        }

        var isYearFirst = text[4] == '-' && text[7] == '-';
        var isYearLast = text[2] is '.' or '/' or '-' && text[5] == text[2];
        if (
            !(isYearFirst || isYearLast)
            || !TryNumber(text[(isYearFirst ? 0..4 : 6..10)], out var year)
            || !TryNumber(text[(isYearFirst ? 5..7 : 0..2)], out var first)
            || !TryNumber(text[(isYearFirst ? 8..10 : 3..5)], out var second)
            || !TryTime(text[10..], out var seconds)
        )
        {
            return null;
        }

        var isDayFirst = isYearLast && (first > 12 || (second <= 12 && order == DateOrder.DayFirst));
        var (month, day) = isDayFirst ? (second, first) : (first, second);
        return year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified).AddSeconds(seconds)
            : null;
    }

    private static bool TryTime(ReadOnlySpan<char> text, out int seconds)
    {
        seconds = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        var second = 0;
        if (
            text.Length is not (6 or 9)
            || text[0] is not (' ' or 'T')
            || text[3] != ':'
            || !TryNumber(text[1..3], out var hour)
            || !TryNumber(text[4..6], out var minute)
            || (text.Length == 9 && (text[6] != ':' || !TryNumber(text[7..9], out second)))
            || hour > 23
            || minute > 59
            || second > 59
        )
        {
            return false;
        }

        seconds = (((hour * 60) + minute) * 60) + second;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
