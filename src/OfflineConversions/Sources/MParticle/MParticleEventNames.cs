using System.Collections.Frozen;

namespace OfflineConversions.Sources.MParticle;

/// <summary>mParticle's product actions. Source: mParticle, "Facebook Offline Conversions", Event names.</summary>
internal static class MParticleEventNames
{
    /// <summary>Product action to Facebook event name, as the page prints them.</summary>
    public static readonly FrozenDictionary<string, string> Documented = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["add_to_cart"] = "AddToCart",
        ["add_to_wishlist"] = "AddToWishList",
        ["checkout"] = "Checkout",
        ["purchase"] = "Purchase",
        ["view_detail"] = "ViewContent",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The same with Meta's own names of its standard events.</summary>
    public static readonly FrozenDictionary<string, string> Standard = new Dictionary<string, string>(
        Documented,
        StringComparer.Ordinal
    )
    {
        ["add_to_wishlist"] = "AddToWishlist",
        ["checkout"] = "InitiateCheckout",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
