using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>
/// A number as it was written: <c>123.45</c> in is <c>123.45</c> out, and no digit of a 28-digit decimal or an exponent
/// is lost.
/// </summary>
internal readonly record struct Number
{
    // Without an exponent only hundreds of digits can exceed a double.
    private const int SurelyFinite = 300;

    // A slice of the body, or bytes of its own.
    private readonly BodyText _text;

    private Number(BodyText text) => _text = text;

    private Number(string text) => _text = new BodyText(Encoding.ASCII.GetBytes(text), 0, text.Length);

    /// <summary>The number in JSON's own notation.</summary>
    public string Text => _text.ToString();

    /// <summary>The same in UTF-8.</summary>
    internal ReadOnlySpan<byte> Utf8 => _text.Ascii;

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
            JsonValueKind.Number => IsFinite(element) ? new Number(element.TextOf(element.Raw)) : null,
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
            return IsFinite(Encoding.ASCII.GetBytes(trimmed)) ? new Number(trimmed) : null;
        }

        return decimal.TryParse(trimmed, Plain, CultureInfo.InvariantCulture, out var value) ? Of(value) : null;
    }

    /// <summary>
    /// Whether a JSON number is in the range of a double. For one that is not, a reader may refuse the whole body.
    /// </summary>
    public static bool IsFinite(JsonPart number) => IsFinite(number.Raw);

    private static bool IsFinite(ReadOnlySpan<byte> number) =>
        (number.Length < SurelyFinite && number.IndexOfAny((byte)'e', (byte)'E') < 0)
        || (
            double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
        );

    /// <summary>Whether it is below zero; <c>-0</c> is not.</summary>
    internal bool IsNegative => Utf8 is [(byte)'-', ..] && !IsZero;

    /// <summary>Whether it is zero, in whatever form: <c>0</c>, <c>0.00</c>, <c>-0</c>, <c>0e5</c>.</summary>
    internal bool IsZero => !Utf8[..Mantissa].ContainsAnyInRange((byte)'1', (byte)'9');

    private int Mantissa => Utf8.IndexOfAny((byte)'e', (byte)'E') is >= 0 and var exponent ? exponent : Utf8.Length;

    /// <summary>Its value, if it is in the range of a decimal.</summary>
    public decimal? ToDecimal() =>
        decimal.TryParse(Utf8, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <inheritdoc/>
    public override string ToString() => Text;

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
