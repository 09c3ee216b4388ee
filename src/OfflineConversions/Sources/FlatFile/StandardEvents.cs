using System.Collections.Frozen;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// Meta's standard events, whose names people write in other forms. Source: Meta, "Conversions API, Standard Events".
/// </summary>
internal static class StandardEvents
{
    /// <summary>The event of a sale.</summary>
    public const string Purchase = "Purchase";

    private static readonly FrozenDictionary<string, string> Names = new[]
    {
        "AddPaymentInfo",
        "AddToCart",
        "AddToWishlist",
        "CompleteRegistration",
        "Contact",
        "CustomizeProduct",
        "Donate",
        "FindLocation",
        "InitiateCheckout",
        "Lead",
        "Other",
        Purchase,
        "Schedule",
        "Search",
        "StartTrial",
        "SubmitApplication",
        "Subscribe",
        "ViewContent",
    }.ToFrozenDictionary(name => name.ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>The standard name that differs only in case, blanks and underscores; else the name as it is.</summary>
    public static string NameOf(string name) =>
        name.Length <= ColumnHeader.Longest && Names.TryGetValue(ColumnHeader.Reduce(name), out var standard)
            ? standard
            : name;
}
