using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using OfflineConversions.Json;

namespace OfflineConversions.Hashing;

/// <summary>Reads a date of birth as it is written: no time zone ever moves it to another day.</summary>
internal static partial class Birthdate
{
    private const int FirstYear = 1900;
    private const int DigitsOfDate = 8;
    private const int LongestInWords = 100;
    private const string Months = "janfebmaraprmayjunjulaugsepoctnovdec";

    // Nearly every date consists of these, and none in words does.
    private static readonly SearchValues<char> Plain = SearchValues.Create("0123456789-./");

    /// <summary>The date as the number <c>YYYYMMDD</c>, or <see langword="null"/>.</summary>
    public static int? Read(ReadOnlySpan<char> value, DateOrder order, DateOnly today)
    {
        var trimmed = Text.Trim(value);
        if (trimmed.IsEmpty)
        {
            return null;
        }

        if (
            trimmed.Length <= LongestInWords
            && trimmed.ContainsAnyExcept(Plain)
            && InWords().Match(trimmed.ToString()) is { Success: true } words
        )
        {
            return FromWords(words, today);
        }

        var text = trimmed.Trim("'\"");
        var digits = text;
        var (first, firstLength) = TakeNumber(ref text);
        if (firstLength >= DigitsOfDate)
        {
            var isDate = BirthTime.IsCompact(digits[DigitsOfDate..firstLength]) && BirthTime.IsIn(text);
            return isDate ? Checked(first / 10000, first / 100 % 100, first % 100, today) : null;
        }

        if (text.StartsWith("-W", StringComparison.OrdinalIgnoreCase))
        {
            return null; // ISO 8601 counts weeks here, not months.
        }

        SkipSeparator(ref text);
        var (second, secondLength) = TakeNumber(ref text);
        SkipSeparator(ref text);
        var (third, thirdLength) = TakeNumber(ref text);
        if (!BirthTime.IsIn(text))
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

    private static int? Checked(int year, int month, int day, DateOnly today)
    {
        var isReal =
            year >= FirstYear
            && year <= today.Year
            && month is >= 1 and <= 12
            && day >= 1
            && day <= DateTime.DaysInMonth(year, month);
        return isReal ? (((year * 100) + month) * 100) + day : null;
    }

    /// <summary>
    /// Digits of any script, of which the number has the first eight: a time may follow without a blank.
    /// </summary>
    private static (int Number, int Length) TakeNumber(ref ReadOnlySpan<char> text)
    {
        var (number, length) = (0, 0);
        while (length < text.Length && char.IsDigit(text[length]))
        {
            number =
                length < DigitsOfDate ? (number * 10) + CharUnicodeInfo.GetDecimalDigitValue(text[length]) : number;
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

    // What JavaScript, Java and mail write. Without a time, a date in words is not read.
    private static int? FromWords(Match words, DateOnly today)
    {
        const int LengthOfName = 3;
        var month = Months.IndexOf(words.Groups["month"].Value[..LengthOfName], StringComparison.OrdinalIgnoreCase);
        return month >= 0 && month % LengthOfName == 0
            ? Checked(Number(words, "year"), (month / LengthOfName) + 1, Number(words, "day"), today)
            : null;
    }

    private static int Number(Match words, string group) =>
        int.Parse(words.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        """
            \A([a-z]{3,9},?\s+)?
            ((?<day>[0-9]{1,2})[\s.-]+(?<month>[a-z]{3,9})\.?|(?<month>[a-z]{3,9})\.?\s+(?<day>[0-9]{1,2})),?
            ([\s-]+(?<year>[0-9]{4})[\s,t]+(at\s+)?[0-9]{1,2}:[0-9]{2}
            |\s+[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?(\s+[a-z0-9:+-]{1,6})?\s+(?<year>[0-9]{4})\z)
            """,
        RegexOptions.IgnoreCase
            | RegexOptions.CultureInvariant
            | RegexOptions.IgnorePatternWhitespace
            | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex InWords();
}
