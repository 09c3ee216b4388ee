namespace OfflineConversions.Sources.FlatFile;

/// <summary>Signs in a column of currencies that stand for one currency only.</summary>
internal static class CurrencySigns
{
    /// <summary>The code of a sign; anything else as it is.</summary>
    public static string CodeOf(string currency) =>
        currency.Trim() switch
        {
            "€" or "Euro" or "EURO" or "euro" => "EUR",
            "£" => "GBP",
            "US$" => "USD",
            _ => currency,
        };
}
