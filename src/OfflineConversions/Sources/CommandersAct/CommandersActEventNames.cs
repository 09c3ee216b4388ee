using System.Collections.Frozen;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>
/// Commanders Act's standard events. Source: Commanders Act, "Facebook Conversions API", Mapping: event_name.
/// </summary>
internal static class CommandersActEventNames
{
    /// <summary>Commanders Act event to Facebook standard event; an event that is not listed keeps its name.</summary>
    public static readonly FrozenDictionary<string, string> Standard = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["begin_checkout"] = "InitiateCheckout",
        ["purchase"] = "Purchase",
        ["add_to_cart"] = "AddToCart",
        ["view_item"] = "ViewContent",
        ["view_item_list"] = "ViewContent",
        ["search"] = "Search",
        ["add_payment_info"] = "AddPaymentInfo",
        ["add_to_wishlist"] = "AddToWishlist",
        ["generate_lead"] = "Lead",
        ["page_view"] = "PageView",
        ["sign_up"] = "CompleteRegistration",
        ["contact"] = "Contact",
        ["customize_product"] = "CustomizeProduct",
        ["donate"] = "Donate",
        ["find_location"] = "FindLocation",
        ["schedule"] = "Schedule",
        ["start_trial"] = "StartTrial",
        ["submit_application"] = "SubmitApplication",
        ["subscribe"] = "Subscribe",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
