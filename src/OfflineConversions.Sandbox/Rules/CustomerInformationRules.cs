using System.Collections.Frozen;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// Whether the keys together can find a person. Source: Meta, "Best Practices", invalid combinations of customer
/// information.
/// </summary>
internal static class CustomerInformationRules
{
    public const int Subcode = 2804050;

    public static readonly Rule Insufficient = new(
        "insufficient_customer_information",
        Subcode,
        "Missing Customer Information",
        "The customer information is not enough to match the event to a person."
    );

    /// <summary>An event with nothing beyond one of these rows is refused.</summary>
    private static readonly FrozenSet<string>[] Combinations =
    [
        FrozenSet.Create(StringComparer.Ordinal, "ct", "country", "st", "zp", "ge", "client_user_agent"),
        FrozenSet.Create(StringComparer.Ordinal, "db", "doby", "dobm", "dobd", "client_user_agent"),
        FrozenSet.Create(StringComparer.Ordinal, "fn", "ge"),
        FrozenSet.Create(StringComparer.Ordinal, "ln", "ge"),
    ];

    public static Violation? Check(Inspection inspection)
    {
        string[] keys = inspection.Has(inspection.Event, "user_data", out var userData)
            ?
            [
                .. userData
                    .EnumerateObject()
                    .Where(key => UserDataRules.Knows(key.Name) && !Inspection.IsEmpty(key.Value))
                    .Select(key => key.Name),
            ]
            : [];

        return Combinations.Any(combination => keys.All(combination.Contains)) ? Insufficient.At("user_data") : null;
    }
}
