using System.Collections.Frozen;

namespace OfflineConversions.Sources.RudderStack;

/// <summary>RudderStack's own mapping of e-commerce events, used if the connection does not map the event.</summary>
internal static class RudderStackEventNames
{
    /// <summary>The name of an event that neither the connection nor the table maps.</summary>
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
