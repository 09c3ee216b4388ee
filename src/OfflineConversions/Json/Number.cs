using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>
/// A number as it was written: <c>123.45</c> in is <c>123.45</c> out, and no digit of a 28-digit decimal or an exponent
/// is lost.
/// </summary>
public readonly record struct Number
{
    // Without an exponent only hundreds of digits can exceed a double.
    private const int SurelyFinite = 300;

    private Number(string text) => Text = text;

    /// <summary>The number in JSON's own notation.</summary>
    public string Text { get; }

    /// <summary>Zero.</summary>
    public static Number Zero { get; } = new("0");

    /// <summary>One.</summary>
    public static Number One { get; } = new("1");

    /// <summary>The number of a decimal.</summary>
    public static Number Of(decimal value) => new(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Reads a JSON number, or a string that contains one; <see langword="null"/> for anything else, and for numbers
    /// outside the range of a double.
    /// </summary>
    public static Number? Read(JsonPart element) =>
        element.ValueKind switch
        {
            JsonValueKind.Number => Finite(element.GetRawText()),
            JsonValueKind.String => Parse(JsonText.Of(element)),
            _ => null,
        };

    /// <summary>
    /// Reads a number written as text, such as <c>19.90</c>, <c>+5</c> or <c>.5</c>. No thousands separators, no
    /// currency signs.
    /// </summary>
    public static Number? Parse(string? text)
    {
        const NumberStyles Plain =
            NumberStyles.AllowLeadingSign
            | NumberStyles.AllowDecimalPoint
            | NumberStyles.AllowExponent
            | NumberStyles.AllowLeadingWhite
            | NumberStyles.AllowTrailingWhite;
        if (text is null)
        {
            return null;
        }

        var trimmed = text.Trim();
        if (IsJsonNumber(trimmed))
        {
            return Finite(trimmed);
        }

        return decimal.TryParse(trimmed, Plain, CultureInfo.InvariantCulture, out var value) ? Of(value) : null;
    }

    /// <summary>
    /// Whether a JSON number is in the range of a double. For one that is not, a reader may refuse the whole body.
    /// </summary>
    public static bool IsFinite(JsonPart number)
    {
        var raw = number.Utf8;
        return (raw.Length < SurelyFinite && raw.IndexOfAny((byte)'e', (byte)'E') < 0)
            || (Utf8Parser.TryParse(raw, out double value, out _) && double.IsFinite(value));
    }

    /// <summary>Whether it is below zero; <c>-0</c> is not.</summary>
    internal bool IsNegative => Text.StartsWith('-') && !IsZero;

    /// <summary>Whether it is zero, in whatever form: <c>0</c>, <c>0.00</c>, <c>-0</c>, <c>0e5</c>.</summary>
    internal bool IsZero => Text.AsSpan(0, Mantissa).IndexOfAnyInRange('1', '9') < 0;

    private int Mantissa => Text.AsSpan().IndexOfAny('e', 'E') is >= 0 and var exponent ? exponent : Text.Length;

    /// <summary>Its value, if it is in the range of a decimal.</summary>
    public decimal? ToDecimal() =>
        decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static Number? Finite(string text) =>
        (text.Length < SurelyFinite && text.AsSpan().IndexOfAny('e', 'E') < 0)
        || (
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
        )
            ? new Number(text)
            : null;

    private static bool IsJsonNumber(ReadOnlySpan<char> text)
    {
        var at = 0;
        if (at < text.Length && text[at] == '-')
        {
            at++;
        }

        var digits = Digits(text, ref at, out var first);
        if (digits == 0 || (digits > 1 && first == '0'))
        {
            return false;
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            if (Digits(text, ref at, out _) == 0)
            {
                return false;
            }
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            if (at < text.Length && text[at] is '+' or '-')
            {
                at++;
            }

            if (Digits(text, ref at, out _) == 0)
            {
                return false;
            }
        }

        return at == text.Length;
    }

    private static int Digits(ReadOnlySpan<char> text, ref int at, out char first)
    {
        var start = at;
        first = at < text.Length ? text[at] : default;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at - start;
    }
}
