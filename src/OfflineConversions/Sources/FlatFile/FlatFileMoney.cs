using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// Amounts in a file whose decimal separator is known: a lone separator before three digits is then no guess.
/// </summary>
internal static class FlatFileMoney
{
    /// <summary>Reads an amount; <see langword="null"/> if the cell has none.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="decimalSeparator">A dot or a comma, or zero if it is unknown.</param>
    public static Number? Read(JsonPart cell, char decimalSeparator)
    {
        if (cell.ValueKind != JsonValueKind.String)
        {
            return Number.Read(cell);
        }

        var text = CellText.Of(cell);
        return text is null || decimalSeparator == default
            ? MoneyText.Parse(text)
            : MoneyText.Parse(WithDecimalPoint(text, decimalSeparator));
    }

    /// <summary>How the amount is written, if that shows its decimal separator; else zero.</summary>
    public static char Shown(string text)
    {
        var last = text.AsSpan().LastIndexOfAny('.', ',');
        if (last < 0)
        {
            return default;
        }

        var separator = text[last];
        var digits = 0;
        while (last + 1 + digits < text.Length && char.IsAsciiDigit(text[last + 1 + digits]))
        {
            digits++;
        }

        var other = separator == '.' ? ',' : '.';
        return text.Contains(other) || (digits != 3 && digits > 0) ? separator
            : text.AsSpan().Count(separator) > 1 ? other
            : default;
    }

    // Two kinds of separator, or a separator that cannot be the thousands' one, need no help.
    private static string WithDecimalPoint(string text, char decimalSeparator)
    {
        var (dots, commas) = (text.AsSpan().Count('.'), text.AsSpan().Count(','));
        return decimalSeparator switch
        {
            ',' when commas == 1 && dots == 0 => text.Replace(',', '.'),
            ',' when commas == 0 && dots >= 1 && Shown(text) == default => text.Replace(
                ".",
                "",
                StringComparison.Ordinal
            ),
            _ => text,
        };
    }
}
