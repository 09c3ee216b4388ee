using System.Globalization;
using System.Text.RegularExpressions;

namespace OfflineConversions.Hashing;

/// <summary>
/// A whole number as spreadsheets and data frames write it: <c>16505551212.0</c>, <c>1.6505551212E+10</c>, in some
/// countries with a comma.
/// </summary>
internal static partial class SpreadsheetNumber
{
    /// <summary>A column that is too narrow shows six digits of a phone number; the others are gone.</summary>
    private const int MostMissingZeros = 2;

    /// <summary>
    /// The number, or <see langword="null"/> if the text has neither form. Without digits if it was rounded:
    /// <c>4.91512E+12</c> is no phone number any more.
    /// </summary>
    public static WrittenNumber? Read(string text)
    {
        // An apostrophe makes a spreadsheet keep a number as text; ="…" does the same.
        var number = text.Trim('\'', '"', '=', '’', '`', ' ');
        if (Decimal().Match(number) is { Success: true } whole)
        {
            return new WrittenNumber(whole.Groups["digits"].Value, whole.Groups["plus"].Success);
        }

        return
            Exponent().Match(number) is { Success: true } power
            && decimal.TryParse(
                power.Groups["number"].Value.Replace(',', '.'),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var value
            )
            && decimal.IsInteger(value)
            ? new WrittenNumber(
                IsRounded(power.Groups["number"].Value, value) ? "" : value.ToString("0", CultureInfo.InvariantCulture),
                power.Groups["plus"].Success
            )
            : null;
    }

    private static bool IsRounded(string number, decimal value) =>
        number[..number.IndexOfAny(['e', 'E'])].Count(char.IsAsciiDigit) + MostMissingZeros
        < value.ToString("0", CultureInfo.InvariantCulture).Length;

    // Fewer digits before the dot are a group of a number that is written with dots.
    [GeneratedRegex(@"\A(?<plus>[+＋])?(?<digits>[0-9]{7,15})[.,]0*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Decimal();

    [GeneratedRegex(
        @"\A(?<plus>[+＋])?(?<number>[0-9]{1,15}([.,][0-9]{1,20})?[eE][+]?[0-9]{1,2})\z",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Exponent();
}
