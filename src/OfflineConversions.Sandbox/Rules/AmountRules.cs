using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>Value and currency. Source: Meta, "Standard Parameters" (custom data).</summary>
internal static class AmountRules
{
    public static readonly Rule PurchaseWithoutValue = new(
        "purchase_without_value",
        2804009,
        "Missing Value for Purchase Event",
        "A Purchase needs a value."
    );
    public static readonly Rule PurchaseWithoutCurrency = new(
        "purchase_without_currency",
        2804010,
        "Missing Currency for Purchase Event",
        "A Purchase needs a currency."
    );
    public static readonly Rule ValueWithoutCurrency = new(
        "value_without_currency",
        2804023,
        "Missing Currency",
        "A value needs a currency."
    );
    public static readonly Rule BadValue = Rule.General(
        "bad_value",
        "The value must be a number that is not negative."
    );
    public static readonly Rule BadCurrency = Rule.General(
        "bad_currency",
        "The currency must be the three letters of ISO 4217."
    );

    public static Violation? Check(Inspection inspection)
    {
        var amounts = inspection.Amounts;
        var hasValue = inspection.Has(amounts, "value", out var value);
        var hasCurrency = inspection.Has(amounts, "currency", out var currency);
        // The legacy API did not care how a name was capitalised.
        var purchase = string.Equals(
            inspection.EventName,
            "Purchase",
            inspection.Shape == EventShape.OfflineEvents ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal
        );

        return purchase && !hasValue ? PurchaseWithoutValue.At("value")
            : purchase && !hasCurrency ? PurchaseWithoutCurrency.At("currency")
            : hasValue && !hasCurrency ? ValueWithoutCurrency.At("currency")
            : hasValue && !IsAmount(value) ? BadValue.At("value")
            : hasCurrency && !IsCurrency(currency) ? BadCurrency.At("currency")
            : null;
    }

    /// <summary>Meta's own samples write amounts both as numbers and as texts.</summary>
    internal static bool IsAmount(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out var number) && double.IsFinite(number) && number >= 0,
            JsonValueKind.String => decimal.TryParse(
                value.GetString(),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out _
            ),
            _ => false,
        };

    private static bool IsCurrency(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: 3 } code
        && code.All(char.IsAsciiLetter);
}
