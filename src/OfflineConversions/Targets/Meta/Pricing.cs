using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// An event for one of its targets, with the value and currency that Meta accepts under the target's name.
/// </summary>
/// <param name="Event">The event.</param>
/// <param name="Target">The target.</param>
/// <param name="Money">Value and currency.</param>
internal readonly record struct PricedEvent(SendableEvent Event, Target Target, Money Money)
{
    /// <summary>The content type under the target's name.</summary>
    public string? ContentType => Target.ContentType ?? Event.Event.ContentType;
}

/// <summary>Value and currency as far as Meta accepts them, or the reason why it does not.</summary>
/// <param name="Value">The value.</param>
/// <param name="Currency">Its ISO 4217 code.</param>
/// <param name="Reason">Why the event cannot be sent; <see langword="null"/> if it can.</param>
internal readonly record struct Money(Number? Value, string? Currency, string? Reason = null);

/// <summary>
/// The third stage, <c>price</c>: value and currency under one event name. A purchase needs both; another event is sent
/// without them. Source: Meta, "Custom Data Parameters", currency and value.
/// </summary>
internal static class Pricing
{
    private const string Purchase = "Purchase";

    /// <summary>Prices the event for the target.</summary>
    public static PricedEvent Price(in SendableEvent sendable, Target target, IMetaShape shape, Warnings warnings) =>
        new(
            sendable,
            target,
            MoneyOf(sendable.Event, string.Equals(target.EventName, Purchase, shape.EventNames), warnings)
        );

    private static Money MoneyOf(ConversionEvent conversion, bool isPurchase, Warnings warnings)
    {
        if (isPurchase && conversion.HasUnreadableValue)
        {
            return new Money(Value: null, Currency: null, Reason.InvalidValue);
        }

        if (conversion.Value is not { IsNegative: true })
        {
            return Priced(conversion, isPurchase, warnings);
        }

        if (isPurchase)
        {
            return new Money(Value: null, Currency: null, Reason.NegativeValue);
        }

        warnings.Add(Warning.NegativeValue);
        return Priced(conversion with { Value = null }, isPurchase, warnings);
    }

    private static Money Priced(ConversionEvent conversion, bool isPurchase, Warnings warnings)
    {
        if (conversion.Currency.IsAbsent)
        {
            return WithoutCurrency(conversion, isPurchase, warnings);
        }

        if (Currencies.Canonical(conversion.Currency) is not { } currency)
        {
            if (!isPurchase)
            {
                warnings.Add(Warning.UnknownCurrency);
            }

            return new Money(Value: null, Currency: null, isPurchase ? Reason.UnknownCurrency : null);
        }

        return isPurchase && conversion.Value is null
            ? new Money(Value: null, currency, Reason.MissingValue)
            : new Money(conversion.Value, currency);
    }

    private static Money WithoutCurrency(ConversionEvent conversion, bool isPurchase, Warnings warnings)
    {
        if (isPurchase)
        {
            return new Money(
                conversion.Value,
                Currency: null,
                conversion.Value is null ? Reason.MissingValue : Reason.MissingCurrency
            );
        }

        if (conversion.Value is not null)
        {
            warnings.Add(Warning.ValueWithoutCurrency);
        }

        return default;
    }
}
