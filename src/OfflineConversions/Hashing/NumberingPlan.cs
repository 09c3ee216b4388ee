namespace OfflineConversions.Hashing;

/// <summary>How phone numbers of one country are written at home.</summary>
/// <param name="CallingCode">The digits after the <c>+</c>.</param>
/// <param name="IsCallingCodeUnique">No national number begins with the calling code.</param>
/// <param name="TrunkPrefixes">What callers at home dial first and callers abroad leave out.</param>
/// <param name="KeepsLeadingZero">A leading zero is part of the number, as in Italy.</param>
/// <param name="MinLength">Fewest digits of a subscriber's national number.</param>
/// <param name="MaxLength">Most digits of it.</param>
/// <param name="InternationalPrefixes">What callers at home dial for abroad, besides <c>00</c>.</param>
internal sealed record NumberingPlan(
    string CallingCode,
    bool IsCallingCodeUnique,
    string[] TrunkPrefixes,
    bool KeepsLeadingZero,
    int MinLength,
    int MaxLength,
    string[] InternationalPrefixes
)
{
    private const string Argentina = "54";

    /// <summary>
    /// Whether the digits have a country code after all. <paramref name="number"/> is then the number with it, else the
    /// national number, which the calling code must precede.
    /// </summary>
    public bool IsInternational(ReadOnlySpan<char> digits, out ReadOnlySpan<char> number)
    {
        number = WithoutTrunkPrefix(digits);
        return number.Length == digits.TrimStart('0').Length && StartsWithCallingCode(number);
    }

    /// <summary>
    /// A national number as callers abroad dial it: without a trunk prefix that was written although the country code
    /// is there (<c>+44 020 …</c>), and with Argentina's prefix of mobile numbers.
    /// </summary>
    public ReadOnlySpan<char> FromAbroad(ReadOnlySpan<char> national)
    {
        var number = KeepsLeadingZero ? national : WithoutTrunkPrefix(national);
        number = IsNationalLength(number.Length) || CallingCode == Argentina ? number : national;
        return CallingCode == Argentina ? ArgentineNumber.FromAbroad(number) : number;
    }

    /// <summary>The digits after an international prefix of this country; empty if they begin with none.</summary>
    public ReadOnlySpan<char> AfterInternationalPrefix(ReadOnlySpan<char> digits)
    {
        foreach (var prefix in InternationalPrefixes)
        {
            // In some countries the prefix begins with the 00 of all others: 0065 is Singapore's code, not 006 and 5.
            if (digits.StartsWith(prefix) && !(digits.StartsWith("00") && digits[2..].StartsWith(CallingCode)))
            {
                return digits[prefix.Length..].TrimStart('0');
            }
        }

        return default;
    }

    private ReadOnlySpan<char> WithoutTrunkPrefix(ReadOnlySpan<char> digits)
    {
        foreach (var prefix in TrunkPrefixes)
        {
            // A zero can only be the prefix; another digit may as well be the first of the number.
            if (digits.StartsWith(prefix) && (prefix[0] == '0' || IsNationalLength(digits.Length - prefix.Length)))
            {
                return digits[prefix.Length..].TrimStart('0');
            }
        }

        if (KeepsLeadingZero)
        {
            return digits;
        }

        var trimmed = digits.TrimStart('0');
        return trimmed.Length < digits.Length ? WithoutTrunkPrefix(trimmed) : trimmed;
    }

    // "1 650 555 1212", "49 30 1234567": the plus was lost on the way. Where a trunk prefix would announce a national
    // number, its absence decides; elsewhere the length does.
    private bool StartsWithCallingCode(ReadOnlySpan<char> number) =>
        number.StartsWith(CallingCode)
        && IsNationalLength(number.Length - CallingCode.Length)
        && (IsCallingCodeUnique || TrunkPrefixes.Length > 0 || !IsNationalLength(number.Length));

    private bool IsNationalLength(int length) => length >= MinLength && length <= MaxLength;
}
