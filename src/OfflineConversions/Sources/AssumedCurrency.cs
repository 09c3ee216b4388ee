using OfflineConversions.Conversions;

namespace OfflineConversions.Sources;

/// <summary>The currency that a vendor's page assumes where neither the event nor the connection names one.</summary>
internal static class AssumedCurrency
{
    /// <summary>
    /// The event in its own currency, else in the connection's, else in US dollars and marked so: a shop elsewhere
    /// would report its sales in the wrong currency.
    /// </summary>
    public static ConversionEvent Of(ConversionEvent conversion, string? connections) =>
        !conversion.Currency.IsAbsent ? conversion
        : connections is not null ? conversion with { Currency = connections }
        : conversion with { Currency = "USD", HasAssumedCurrency = true };
}
