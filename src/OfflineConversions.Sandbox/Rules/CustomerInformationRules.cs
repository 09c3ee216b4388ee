using System.Collections.Frozen;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// Whether the keys together can identify a person. Source: Meta, "Best Practices", invalid combinations of customer
/// information parameters.
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

    /// <summary>An event is refused if one of these sets contains all its keys.</summary>
    private static readonly FrozenSet<string>[] Combinations =
    [
        FrozenSet.Create(StringComparer.Ordinal, "ct", "country", "st", "zp", "ge", "client_user_agent"),
        FrozenSet.Create(StringComparer.Ordinal, "db", "doby", "dobm", "dobd", "client_user_agent"),
        FrozenSet.Create(StringComparer.Ordinal, "fn", "ge"),
        FrozenSet.Create(StringComparer.Ordinal, "ln", "ge"),
    ];

    public static Violation? Check(EventCheck check)
    {
        string[] keys = check.Has(check.Event, "user_data", out var userData)
            ?
            [
                .. userData
                    .EnumerateObject()
                    .Where(key => UserDataRules.IsDocumented(key.Name) && !EventCheck.IsEmpty(key.Value))
                    .Select(key => key.Name),
            ]
            : [];

        return Combinations.Any(combination => keys.All(combination.Contains)) ? Insufficient.At("user_data") : null;
    }
}
