using System.Globalization;
using OfflineConversions.Json;

namespace OfflineConversions.Hashing;

/// <summary>Reads a date of birth as it is written: no time zone ever moves it to another day.</summary>
internal static class Birthdate
{
    private const int FirstYear = 1900;

    /// <summary>The date as <c>YYYYMMDD</c>, or <see langword="null"/>.</summary>
    public static string? Read(string value, DateOrder order, DateOnly today)
    {
        ReadOnlySpan<char> text = Text.Trim(value);
        var (first, firstLength) = TakeNumber(ref text);
        if (firstLength == 8)
        {
            return EndsHere(text) ? Checked(first / 10000, first / 100 % 100, first % 100, today) : null;
        }

        if (text.StartsWith("-W", StringComparison.OrdinalIgnoreCase))
        {
            return null; // ISO 8601 counts weeks here, not months.
        }

        SkipSeparator(ref text);
        var (second, secondLength) = TakeNumber(ref text);
        SkipSeparator(ref text);
        var (third, thirdLength) = TakeNumber(ref text);
        if (!EndsHere(text))
        {
            return null;
        }

        return (firstLength, secondLength, thirdLength) switch
        {
            (4, 1 or 2, 1 or 2) => Checked(first, second, third, today),
            (1 or 2, 1 or 2, 4) when IsDayFirst(first, second, order) => Checked(third, second, first, today),
            (1 or 2, 1 or 2, 4) => Checked(third, first, second, today),
            _ => null,
        };
    }

    private static bool IsDayFirst(int first, int second, DateOrder order) =>
        first > 12 || (second <= 12 && order == DateOrder.DayFirst);

    private static string? Checked(int year, int month, int day, DateOnly today)
    {
        var isReal =
            year >= FirstYear
            && year <= today.Year
            && month is >= 1 and <= 12
            && day >= 1
            && day <= DateTime.DaysInMonth(year, month);
        return isReal ? ((((year * 100) + month) * 100) + day).ToString(CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Digits of any script; nine or more are no part of a date.</summary>
    private static (int Number, int Length) TakeNumber(ref ReadOnlySpan<char> text)
    {
        var (number, length) = (0, 0);
        while (length < text.Length && char.IsDigit(text[length]))
        {
            number = length < 9 ? (number * 10) + CharUnicodeInfo.GetDecimalDigitValue(text[length]) : number;
            length++;
        }

        text = text[length..];
        return (number, length);
    }

    private static void SkipSeparator(ref ReadOnlySpan<char> text)
    {
        while (text is [var c, ..] && !char.IsDigit(c))
        {
            text = text[1..];
        }
    }

    /// <summary>After the date there may be words, or a time of day; more numbers mean that it was no date.</summary>
    private static bool EndsHere(ReadOnlySpan<char> rest)
    {
        var time = rest.TrimStart(" ,tT");
        if (time.Length < rest.Length && time is [>= '0' and <= '9', ..])
        {
            return rest[0] is 't' or 'T' || time.IndexOf(':') is 1 or 2;
        }

        foreach (var c in rest)
        {
            if (char.IsDigit(c))
            {
                return false;
            }
        }

        return true;
    }
}
