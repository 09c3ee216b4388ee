using System.Globalization;

namespace OfflineConversions.Hashing;

/// <summary>A phone number as digits with country code.</summary>
internal static class PhoneNumber
{
    // ITU-T E.164 allows 15 digits; below 7 it is a short code or an extension.
    private const int MinDigits = 7;
    private const int MaxDigits = 15;

    // Room for what is cut off again: international prefix, trunk prefix, leading zeros.
    private const int MaxWritten = 64;

    /// <summary>
    /// The digits to hash, or <see langword="null"/>. A leading <c>+</c> or <c>00</c> says that the country code is
    /// there.
    /// </summary>
    public static string? Digits(string value, NumberingPlan? plan, out bool countryCodeMissing)
    {
        countryCodeMissing = false;
        Span<char> written = stackalloc char[MaxWritten];
        if (Text.Trim(value) is not { } text || !TryReadDigits(text, written, out var count, out var plus))
        {
            return null;
        }

        ReadOnlySpan<char> digits = written[..count];
        if (!plus && plan?.InternationalPrefix is { } prefix && digits.StartsWith(prefix))
        {
            return Finished(default, digits[prefix.Length..].TrimStart('0'));
        }

        if (plus || digits.StartsWith("00"))
        {
            return Finished(default, digits.TrimStart('0'));
        }

        if (plan is not null)
        {
            return plan.IsInternational(digits, out var number)
                ? Finished(default, number)
                : Finished(plan.CallingCode, number);
        }

        var bare = Finished(default, digits.TrimStart('0'));
        countryCodeMissing = bare is not null;
        return bare;
    }

    private static string? Finished(ReadOnlySpan<char> callingCode, ReadOnlySpan<char> number) =>
        callingCode.Length + number.Length is >= MinDigits and <= MaxDigits && !number.IsEmpty
            ? string.Concat(callingCode, number)
            : null;

    private static bool TryReadDigits(string text, Span<char> digits, out int count, out bool plus)
    {
        count = 0;
        plus = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '(' && text.AsSpan(i).StartsWith("(0)"))
            {
                i += 2; // The trunk zero of "+49 (0)30": written for callers at home, not part of the number.
            }
            else if (c is '+' or '＋')
            {
                plus |= count == 0;
            }
            else if (char.IsDigit(c))
            {
                if (count == digits.Length)
                {
                    return false;
                }

                digits[count++] = (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c));
            }
        }

        return true;
    }
}
