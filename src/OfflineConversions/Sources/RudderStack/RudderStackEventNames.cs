using System.Collections.Frozen;

namespace OfflineConversions.Sources.RudderStack;

/// <summary>RudderStack's own mapping of e-commerce events, used where the connection maps an event nowhere.</summary>
internal static class RudderStackEventNames
{
    /// <summary>What an event is called that neither the connection nor the table knows.</summary>
    public const string Other = "Other";

    public const string ViewContent = "ViewContent";
    public const string ProductViewed = "Product Viewed";
    public const string ProductListViewed = "Product List Viewed";

    /// <summary>Event name to Facebook standard event.</summary>
    public static readonly FrozenDictionary<string, string> Standard = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["Products Searched"] = "Search",
        [ProductViewed] = ViewContent,
        [ProductListViewed] = ViewContent,
        ["Product Added to Wishlist"] = "AddToWishlist",
        ["Product Added"] = "AddToCart",
        ["Checkout Started"] = "InitiateCheckout",
        ["Payment Info Entered"] = "AddPaymentInfo",
        ["Order Completed"] = "Purchase",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
