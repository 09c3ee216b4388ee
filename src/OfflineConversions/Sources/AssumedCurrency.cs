using OfflineConversions.Conversions;

namespace OfflineConversions.Sources;

/// <summary>The currency that a vendor's page assumes where neither the event nor the connection names one.</summary>
internal static class AssumedCurrency
{
    /// <summary>
    /// The event in US dollars if it has no currency, marked so: a shop elsewhere would report its sales in the wrong
    /// currency.
    /// </summary>
    public static ConversionEvent Of(ConversionEvent conversion) =>
        conversion.Currency is not null ? conversion : conversion with { Currency = "USD", HasAssumedCurrency = true };
}
