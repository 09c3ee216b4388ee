using System.Globalization;

namespace OfflineConversions.Hashing;

/// <summary>One phone number in a text.</summary>
/// <param name="Digits">Its digits as written.</param>
/// <param name="HasPlus">Whether a plus sign precedes them.</param>
internal readonly record struct WrittenNumber(string Digits, bool HasPlus);

/// <summary>Finds the phone numbers in a text that people or spreadsheets wrote.</summary>
internal static class PhoneText
{
    // Longer texts are not numbers; their beginning may be.
    private const int Longest = 256;

    /// <summary>
    /// Reads a text that can only be one number: digits of any script with blanks, dashes, parentheses and a leading
    /// plus sign.
    /// </summary>
    public static bool TryReadPlain(ReadOnlySpan<char> text, Span<char> digits, out int count, out bool hasPlus)
    {
        (count, hasPlus) = (0, false);
        var i = 0;
        while (i < text.Length)
        {
            var trunkZero = TrunkZero(text[i..]);
            var c = text[i];
            if (trunkZero == 0 && char.IsDigit(c) && count < digits.Length)
            {
                digits[count++] = DigitOf(c);
            }
            else if (IsPlus(c) && count == 0)
            {
                hasPlus = true;
            }
            else if (trunkZero == 0 && c is not (' ' or '-' or '(' or ')'))
            {
                return false;
            }

            i += Math.Max(trunkZero, 1);
        }

        return true;
    }

    /// <summary>The candidates for the number, in order of preference.</summary>
    public static IEnumerable<WrittenNumber> Numbers(string text)
    {
        var decoded = PhoneEncoding.Decode(text.Length <= Longest ? text : text[..Longest]);
        if (SpreadsheetNumber.Read(decoded) is { } number)
        {
            return [number];
        }

        var parts = PhoneScanner.Parts(decoded);
        var complete = parts.FindAll(part => part.IsComplete);
        return complete.Count > 0 ? complete.SelectMany(part => part.Numbers()) : [WrittenPart.Join(parts)];
    }

    /// <summary>Whether the character is a plus sign in any of its forms.</summary>
    public static bool IsPlus(char c) => c is '+' or '＋' or '﹢' or '⁺' or '➕';

    /// <summary>A digit of any script as ASCII.</summary>
    public static char DigitOf(char c) => (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c));

    /// <summary>
    /// The length of the "(0)" at the start of the text, or 0. "+49 (0)30" has it for callers at home; it is not part
    /// of the number.
    /// </summary>
    public static int TrunkZero(ReadOnlySpan<char> text)
    {
        if (text is not ['(' or '[', ..])
        {
            return 0;
        }

        var zero = text[1..].TrimStart(' ');
        return zero is ['0', ..] && zero[1..].TrimStart(' ') is [')' or ']', ..] end ? text.Length - end.Length + 1 : 0;
    }
}
