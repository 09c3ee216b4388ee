namespace OfflineConversions.Hashing;

/// <summary>A phone number as digits with country code.</summary>
internal static class PhoneNumber
{
    // ITU-T E.164 allows 15 digits; below 7 it is a short code or an extension.
    private const int MinDigits = 7;
    private const int MaxDigits = 15;

    /// <summary>
    /// The digits to hash, or <see langword="null"/>. A leading <c>+</c> or <c>00</c> means that the country code is
    /// there.
    /// </summary>
    public static string? Digits(string value, NumberingPlan? plan, out bool countryCodeMissing)
    {
        countryCodeMissing = false;
        if (Text.Trim(value) is not { } text)
        {
            return null;
        }

        // Nearly every value is one number with the usual punctuation.
        Span<char> plain = stackalloc char[MaxDigits];
        if (PhoneText.TryReadPlain(text, plain, out var count, out var hasPlus))
        {
            return Complete(plain[..count], hasPlus, plan, out countryCodeMissing);
        }

        foreach (var written in PhoneText.Numbers(text))
        {
            if (Complete(written.Digits, written.HasPlus, plan, out countryCodeMissing) is { } digits)
            {
                return digits;
            }
        }

        return null;
    }

    private static string? Complete(
        ReadOnlySpan<char> digits,
        bool hasPlus,
        NumberingPlan? plan,
        out bool countryCodeMissing
    )
    {
        countryCodeMissing = false;
        if (!hasPlus && plan is not null && plan.AfterInternationalPrefix(digits) is { IsEmpty: false } afterPrefix)
        {
            return International(afterPrefix);
        }

        if (hasPlus || digits.StartsWith("00"))
        {
            return International(digits.TrimStart('0'));
        }

        if (plan is not null)
        {
            return plan.IsInternational(digits, out var number)
                ? International(number)
                : Checked(plan.CallingCode, plan.FromAbroad(number));
        }

        var bare = Checked(default, digits.TrimStart('0'));
        countryCodeMissing = bare is not null;
        return bare;
    }

    private static string? International(ReadOnlySpan<char> number)
    {
        if (NumberingPlans.Of(number) is not { } plan)
        {
            return Checked(default, number);
        }

        return Checked(plan.CallingCode, plan.FromAbroad(number[plan.CallingCode.Length..]));
    }

    private static string? Checked(ReadOnlySpan<char> callingCode, ReadOnlySpan<char> number) =>
        callingCode.Length + number.Length is >= MinDigits and <= MaxDigits && !number.IsEmpty
            ? string.Concat(callingCode, number)
            : null;
}
