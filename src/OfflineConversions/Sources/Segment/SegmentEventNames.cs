using System.Collections.Frozen;

namespace OfflineConversions.Sources.Segment;

/// <summary>Segment's event names. Source: Segment, "Facebook Offline Conversions Destination", Track.</summary>
internal static class SegmentEventNames
{
    public const string OrderCompleted = "Order Completed";
    public const string ProductListViewed = "Product List Viewed";
    public const string Lead = "Lead";
    public const string CompleteRegistration = "CompleteRegistration";

    /// <summary>The events whose properties are one product. Source: Segment, "Spec: V2 Ecommerce Events".</summary>
    public static readonly FrozenSet<string> OfOneProduct = FrozenSet.Create(
        StringComparer.Ordinal,
        "Product Viewed",
        "Product Clicked",
        "Product Added",
        "Product Removed",
        "Product Added to Wishlist",
        "Product Removed from Wishlist",
        "Wishlist Product Added to Cart"
    );

    /// <summary>Segment event name to Facebook's semantic conversion event name.</summary>
    public static readonly FrozenDictionary<string, string> Semantic = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["Products Searched"] = "Search",
        ["Product Viewed"] = "ViewContent",
        [ProductListViewed] = "ViewContent",
        ["Product Added to Wishlist"] = "AddToWishlist",
        ["Product Added"] = "AddToCart",
        ["Checkout Started"] = "InitiateCheckout",
        ["Payment Info Entered"] = "AddPaymentInfo",
        [OrderCompleted] = "Purchase",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
