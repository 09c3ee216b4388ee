using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OfflineConversions.Json;

/// <summary>
/// Money as people and shops write it: <c>$1,234.50</c>, <c>1.234,50 €</c>, <c>(12.50)</c>. Currency signs, letters,
/// blanks and apostrophes are dropped. A leading or trailing minus, or parentheses, make the amount negative. Of two
/// kinds of separator, the last one is the decimal separator. A comma alone is a thousands separator before exactly
/// three digits and a decimal separator before anything else; a dot alone is a decimal separator.
/// </summary>
/// <remarks>
/// Text that would need a guess is no amount: a letter or a minus between digits, a percent sign, odd groups. The
/// currency is never derived from this text.
/// </remarks>
internal static partial class MoneyText
{
    private const int Longest = 200;
    private const int RegexTimeout = 1000;

    /// <summary>Reads a JSON number, or text with an amount; <see langword="null"/> for anything else.</summary>
    public static Number? Read(JsonPart element) =>
        element.ValueKind == JsonValueKind.String ? Parse(JsonText.Of(element)) : Number.Read(element);

    /// <summary>Reads an amount; <see langword="null"/> if the text contains none.</summary>
    public static Number? Parse(string? text)
    {
        if (text is null || text.Length > Longest)
        {
            return Number.Parse(text);
        }

        return Number.Parse(text) ?? Number.Parse(Amount(Words().Replace(Symbols(text), "w").Replace(" ", "")));
    }

    /// <summary>
    /// The text in fourteen symbols: digits, <c>. , - + ( ) /</c>, <c>w</c> for a letter, <c>s</c> for a currency sign,
    /// a blank for what only separates, and <c>?</c> for anything else.
    /// </summary>
    private static string Symbols(string text)
    {
        var symbols = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            symbols.Append(Symbol(rune));
        }

        return symbols.ToString();
    }

    private static char Symbol(Rune rune) =>
        rune.Value switch
        {
            '.' or 0xFF0E or 0x066B => '.',
            ',' or 0xFF0C => ',',
            '-' or (>= 0x2010 and <= 0x2014) or 0x2212 or 0xFE63 or 0xFF0D => '-',
            '+' or '(' or ')' or '/' => (char)rune.Value,
            '\'' or '`' or 0x00B4 or 0x02BC or 0x2018 or 0x2019 or 0x2032 or 0xFF07 or 0x066C => ' ',
            _ when Rune.IsWhiteSpace(rune) => ' ',
            _ => Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.DecimalDigitNumber => (char)('0' + (int)Rune.GetNumericValue(rune)),
                UnicodeCategory.CurrencySymbol => 's',
                UnicodeCategory.Format => ' ',
                UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => 'w',
                _ => Rune.IsLetter(rune) ? 'w' : '?',
            },
        };

    private static string? Amount(string symbols)
    {
        var match = Form().Match(symbols);
        if (!match.Success)
        {
            return null;
        }

        var (before, after) = (match.Groups["before"].Value, match.Groups["after"].Value);
        var opening = Parentheses(before);
        var closing = Parentheses(after);
        var negatives = before.Count('-') + after.Count('-') + (opening == "(" ? 1 : 0);
        var signs = negatives + before.Count('+');
        return
            signs <= 1
            && (opening, closing) is ("", "") or ("(", ")")
            && Plain(match.Groups["amount"].Value) is { } amount
            ? (negatives == 1 ? "-" : "") + amount
            : null;
    }

    /// <summary>The parentheses that enclose the amount. Those around a remark, as in 5 (EUR), do not count.</summary>
    private static string Parentheses(string symbols) =>
        string.Concat(symbols.Where(symbol => symbol is '(' or ')')).Replace("()", "", StringComparison.Ordinal);

    /// <summary>The amount with a decimal point and without thousands separators.</summary>
    private static string? Plain(string amount)
    {
        var last = amount.AsSpan().LastIndexOfAny('.', ',');
        if (last < 0)
        {
            return amount;
        }

        var separator = amount[last];
        var isOnlyKind = !amount.Contains(separator == '.' ? ',' : '.');
        var (count, digitsAfter) = (amount.AsSpan().Count(separator), amount.Length - last - 1);
        var isGrouping = isOnlyKind && digitsAfter == 3 && (separator == ',' || count > 1);
        var whole = isGrouping ? amount : amount[..last];
        var isOdd = isOnlyKind ? count > 1 && !AreGroups(whole.Split(separator)) : count > 1;
        return isOdd ? null : Digits(whole) + (isGrouping ? "" : "." + amount[(last + 1)..]);
    }

    // 1,234,567, and 12,34,567 as in India.
    private static bool AreGroups(string[] groups) =>
        groups[0].Length is >= 1 and <= 3 && groups[^1].Length == 3 && groups[1..^1].All(one => one.Length is 2 or 3);

    private static string Digits(string grouped) =>
        grouped.Replace(".", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);

    // Dots, commas, slashes and hyphens of words belong to them: Rs. 5, 5 kr., S/. 5, US-$ 5.
    [GeneratedRegex("w(?:[w.,/]|-(?=[ws]))*", RegexOptions.None, RegexTimeout)]
    private static partial Regex Words();

    // "12,-" and "12.--" state that there are no cents.
    [GeneratedRegex(
        @"^(?<before>[ws+()-]*)(?<amount>[.,]?[0-9](?:[0-9.,]*[0-9])?)(?:[.,]-*)?(?<after>[ws()-]*)\z",
        RegexOptions.ExplicitCapture,
        RegexTimeout
    )]
    private static partial Regex Form();
}
