using System.Collections.Frozen;

namespace OfflineConversions.Server.Connections;

/// <summary>The 22 user identity types an mParticle connection may forward as e-mail. Source: mParticle, "JSON Reference", user_identities.</summary>
public static class IdentityTypes
{
    /// <summary>The wire names.</summary>
    public static readonly string[] WireNames =
    [
        "other", "customer_id", "facebook", "twitter", "google", "microsoft", "yahoo", "email", "alias", "facebook_custom_audience_id",
        "other_id_2", "other_id_3", "other_id_4", "other_id_5", "other_id_6", "other_id_7", "other_id_8", "other_id_9", "other_id_10",
        "mobile_number", "phone_number_2", "phone_number_3",
    ];

    // "other_id_2" is "Other 2" in the dashboard and "Other2" in the SDKs; "customer_id" is "Customer" in the Java SDK.
    private static readonly FrozenSet<string> Names =
        WireNames.Select(Letters).Concat(WireNames.Select(name => Letters(name).Replace("id", string.Empty, StringComparison.Ordinal))).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a name is one of them, as wire name, display name or SDK name.</summary>
    public static bool Knows(string name) => Names.Contains(Letters(name));

    private static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
