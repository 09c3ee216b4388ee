namespace OfflineConversions.Hashing;

/// <summary>A postal code without blanks and dashes.</summary>
internal static class ZipCode
{
    private const int UsLength = 5;
    private const int UsLengthWithExtension = 9;

    // The shortest US zip without its leading zeros is of Puerto Rico: 00601.
    private const int UsFewestDigits = 3;

    /// <summary>The code, or <see langword="null"/> if fewer than two characters are left.</summary>
    public static string? Read(string value, bool isUnitedStates)
    {
        if (Text.Keep(Text.Fold(WithoutFraction(value)), Kept.Letters | Kept.Digits) is not { Length: >= 2 } text)
        {
            return null;
        }

        if (text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return text;
        }

        return isUnitedStates ? UnitedStates(text)
            : text.Length == UsLengthWithExtension ? text[..UsLength]
            : text;
    }

    // A spreadsheet removes leading zeros: 2134 is 02134, and 2134-1234 is 02134-1234.
    private static string UnitedStates(string digits) =>
        digits.Length switch
        {
            >= UsFewestDigits and <= UsLength => digits.PadLeft(UsLength, '0'),
            UsLengthWithExtension - 1 or UsLengthWithExtension => digits.PadLeft(UsLengthWithExtension, '0')[
                ..UsLength
            ],
            _ => digits,
        };

    // A spreadsheet writes the number 94035 as 94035.0.
    private static string WithoutFraction(string value)
    {
        var text = value.Trim();
        var point = text.AsSpan().LastIndexOfAny('.', ',');
        var isFraction =
            point > 0
            && text.Length - point - 1 is 1 or 2
            && !text.AsSpan(0, point).Trim("'\"").ContainsAnyExceptInRange('0', '9')
            && text.AsSpan(point + 1).Trim("0'\"").IsEmpty;
        return isFraction ? text[..point] : text;
    }
}
