namespace OfflineConversions.Hashing;

/// <summary>A postal code without blanks and dashes.</summary>
internal static class ZipCode
{
    private const int UsLength = 5;
    private const int UsLengthWithExtension = 9;

    // The shortest US zip without its leading zeros is of Puerto Rico: 00601.
    private const int UsFewestDigits = 3;
    private const string LeadingZeros = "00";

    /// <summary>The code; empty if fewer than two characters are left.</summary>
    public static ReadOnlySpan<char> Read(ReadOnlySpan<char> value, bool isUnitedStates, KeyScratch scratch)
    {
        var text = Text.Keep(Text.Fold(WithoutFraction(value), scratch), Kept.Letters | Kept.Digits, scratch);
        if (text.Length < 2)
        {
            return default;
        }

        if (text.ContainsAnyExceptInRange('0', '9'))
        {
            return text;
        }

        return isUnitedStates ? UnitedStates(text, scratch)
            : text.Length == UsLengthWithExtension ? text[..UsLength]
            : text;
    }

    // A spreadsheet removes leading zeros: 2134 is 02134, and 2134-1234 is 02134-1234.
    private static ReadOnlySpan<char> UnitedStates(ReadOnlySpan<char> digits, KeyScratch scratch) =>
        digits.Length switch
        {
            >= UsFewestDigits and <= UsLength => scratch.Join(
                LeadingZeros.AsSpan(digits.Length - UsFewestDigits),
                digits
            ),
            UsLengthWithExtension - 1 => scratch.Join("0", digits)[..UsLength],
            UsLengthWithExtension => digits[..UsLength],
            _ => digits,
        };

    // A spreadsheet writes the number 94035 as 94035.0.
    private static ReadOnlySpan<char> WithoutFraction(ReadOnlySpan<char> value)
    {
        var text = value.Trim();
        var point = text.LastIndexOfAny('.', ',');
        var isFraction =
            point > 0
            && text.Length - point - 1 is 1 or 2
            && !text[..point].Trim("'\"").ContainsAnyExceptInRange('0', '9')
            && text[(point + 1)..].Trim("0'\"").IsEmpty;
        return isFraction ? text[..point] : text;
    }
}
