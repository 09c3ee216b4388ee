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

    public static Violation? Check(EventCheck check)
    {
        var amounts = check.Amounts;
        var hasValue = check.Has(amounts, "value", out var value);
        var hasCurrency = check.Has(amounts, "currency", out var currency);
        // The legacy API ignored the case of event names.
        var purchase = string.Equals(
            check.EventName,
            "Purchase",
            check.Shape == EventShape.OfflineEvents ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal
        );

        return purchase && !hasValue ? PurchaseWithoutValue.At("value")
            : purchase && !hasCurrency ? PurchaseWithoutCurrency.At("currency")
            : hasValue && !hasCurrency ? ValueWithoutCurrency.At("currency")
            : hasValue && !IsAmount(value) ? BadValue.At("value")
            : hasCurrency && !IsCurrency(currency) ? BadCurrency.At("currency")
            : null;
    }

    /// <summary>Meta's own samples write amounts both as numbers and as strings.</summary>
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
