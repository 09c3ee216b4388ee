namespace OfflineConversions.Hashing;

/// <summary>A phone number as digits with country code.</summary>
internal static class PhoneNumber
{
    // ITU-T E.164 allows 15 digits; below 7 it is a short code or an extension.
    private const int MinDigits = 7;
    private const int MaxDigits = 15;

    /// <summary>
    /// The digits to hash; empty if it is no number. A leading <c>+</c> or <c>00</c> means that the country code is
    /// there.
    /// </summary>
    public static ReadOnlySpan<char> Digits(
        ReadOnlySpan<char> value,
        NumberingPlan? plan,
        KeyScratch scratch,
        out bool countryCodeMissing
    )
    {
        countryCodeMissing = false;
        var text = Text.Trim(value);
        if (text.IsEmpty)
        {
            return default;
        }

        // Nearly every value is one number with the usual punctuation.
        var plain = scratch.Take(MaxDigits);
        if (PhoneText.TryReadPlain(text, plain, out var count, out var hasPlus))
        {
            return Complete(plain[..count], hasPlus, plan, scratch, out countryCodeMissing);
        }

        foreach (var written in PhoneText.Numbers(text.ToString()))
        {
            var digits = Complete(written.Digits, written.HasPlus, plan, scratch, out countryCodeMissing);
            if (!digits.IsEmpty)
            {
                return digits;
            }
        }

        return default;
    }

    private static ReadOnlySpan<char> Complete(
        ReadOnlySpan<char> digits,
        bool hasPlus,
        NumberingPlan? plan,
        KeyScratch scratch,
        out bool countryCodeMissing
    )
    {
        countryCodeMissing = false;
        if (!hasPlus && plan is not null && plan.AfterInternationalPrefix(digits) is { IsEmpty: false } afterPrefix)
        {
            return International(afterPrefix, scratch);
        }

        if (hasPlus || digits.StartsWith("00"))
        {
            return International(digits.TrimStart('0'), scratch);
        }

        if (plan is not null)
        {
            return plan.IsInternational(digits, out var number)
                ? International(number, scratch)
                : Checked(plan.CallingCode, plan.FromAbroad(number), scratch);
        }

        var bare = Checked(default, digits.TrimStart('0'), scratch);
        countryCodeMissing = !bare.IsEmpty;
        return bare;
    }

    private static ReadOnlySpan<char> International(ReadOnlySpan<char> number, KeyScratch scratch)
    {
        if (NumberingPlans.Of(number) is not { } plan)
        {
            return Checked(default, number, scratch);
        }

        return Checked(plan.CallingCode, plan.FromAbroad(number[plan.CallingCode.Length..]), scratch);
    }

    private static ReadOnlySpan<char> Checked(
        ReadOnlySpan<char> callingCode,
        ReadOnlySpan<char> number,
        KeyScratch scratch
    ) =>
        callingCode.Length + number.Length is >= MinDigits and <= MaxDigits && !number.IsEmpty
            ? scratch.Join(callingCode, number)
            : default;
}
