using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>Value and currency as far as Meta accepts them, or the reason why it would not.</summary>
/// <param name="Value">The value.</param>
/// <param name="Currency">Its ISO 4217 code.</param>
/// <param name="Reason">Why the event cannot be sent; <see langword="null"/> where it can.</param>
internal readonly record struct Money(Number? Value, string? Currency, string? Reason = null)
{
    private const string Purchase = "Purchase";

    /// <summary>
    /// Judges value and currency under one event name. A purchase needs both; another event goes without them.
    /// Source: Meta, "Custom Data Parameters", currency and value.
    /// </summary>
    public static Money Judge(ConversionEvent conversion, string eventName, Warnings warnings)
    {
        var isPurchase = eventName == Purchase;
        if (conversion.Currency is null)
        {
            return WithoutCurrency(conversion, isPurchase, warnings);
        }

        if (Currencies.Canonical(conversion.Currency) is not { } currency)
        {
            if (!isPurchase)
            {
                warnings.Add(Warning.UnknownCurrency);
            }

            return new Money(Value: null, Currency: null, isPurchase ? Conversions.Reason.UnknownCurrency : null);
        }

        return isPurchase && conversion.Value is null
            ? new Money(Value: null, currency, Conversions.Reason.MissingValue)
            : new Money(conversion.Value, currency);
    }

    private static Money WithoutCurrency(ConversionEvent conversion, bool isPurchase, Warnings warnings)
    {
        if (isPurchase)
        {
            return new Money(
                conversion.Value,
                Currency: null,
                conversion.Value is null ? Conversions.Reason.MissingValue : Conversions.Reason.MissingCurrency
            );
        }

        if (conversion.Value is not null)
        {
            warnings.Add(Warning.ValueWithoutCurrency);
        }

        return default;
    }
}
