using System.Collections.Frozen;
using System.Text.Json.Nodes;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// Meta's own fields that an event may carry beside those that a source maps, each with its type. Nothing else passes.
/// Sources: Meta, "Server Event Parameters", "App Data Parameters", "Custom Data Parameters"; Meta's business SDKs.
/// </summary>
internal static class EventFields
{
    /// <summary>The field whose value is a page address.</summary>
    public const string ReferrerUrl = "referrer_url";

    /// <summary>The field that a business_messaging event needs.</summary>
    public const string MessagingChannel = "messaging_channel";

    private static readonly FieldType OriginalEvent = FieldType.Object(
        new Dictionary<string, FieldType>(StringComparer.Ordinal)
        {
            ["event_name"] = FieldType.Text,
            ["event_time"] = FieldType.Time,
            ["order_id"] = FieldType.Text,
            ["event_id"] = FieldType.Text,
        }
    );

    private static readonly FieldType Attribution = FieldType.Object(
        new Dictionary<string, FieldType>(StringComparer.Ordinal)
        {
            ["scope"] = FieldType.Text,
            ["visit_time"] = FieldType.Time,
            ["ad_id"] = FieldType.Text,
            ["adset_id"] = FieldType.Text,
            ["campaign_id"] = FieldType.Text,
            ["attribution_share"] = FieldType.Share,
            ["attribution_model"] = FieldType.OneOf(
                "first_touch",
                "last_touch",
                "last_click",
                "linear",
                "position_based",
                "time_decay",
                "customized_multi_touch",
                "unknown"
            ),
            ["attr_window"] = FieldType.Integer,
            ["attribution_value"] = FieldType.Decimal,
            ["attribution_source"] = FieldType.Text,
            ["touchpoint_type"] = FieldType.Text,
            ["touchpoint_ts"] = FieldType.Time,
            ["attribution_method"] = FieldType.OneOf("ard", "deeplink", "gpir", "invalid_response", "mir", "srn"),
            ["decline_reason"] = FieldType.Text,
            ["auditing_token"] = FieldType.Text,
            ["linkage_key"] = FieldType.Text,
            ["touchpoint_id"] = FieldType.Text,
            ["total_credit"] = FieldType.Decimal,
            ["partner_client_id"] = FieldType.Text,
            ["attribution_setting"] = FieldType.Object(
                new Dictionary<string, FieldType>(StringComparer.Ordinal)
                {
                    ["inactivity_window_hours"] = FieldType.Integer,
                    ["reattribution_window_hours"] = FieldType.Integer,
                }
            ),
        }
    );

    // 16 texts, of which the first names the platform and the fifth the version of the operating system.
    private static readonly FieldType ExtendedDeviceInformation = new(
        (value, _, ref _) =>
            NestedJson.Of(value) is { ValueKind: System.Text.Json.JsonValueKind.Array } list
            && list.GetArrayLength() == 16
            && JsonText.Of(list[0]) is "a2" or "i2"
            && JsonText.Of(list[4]) is not null
                ? new JsonArray([.. list.EnumerateArray().Select(entry => (JsonNode)(JsonText.Of(entry) ?? ""))])
                : null
    );

    private static readonly FieldType App = FieldType.Object(
        new Dictionary<string, FieldType>(StringComparer.Ordinal)
        {
            ["advertiser_tracking_enabled"] = FieldType.Flag,
            ["application_tracking_enabled"] = FieldType.Flag,
            ["consider_views"] = FieldType.Flag,
            ["include_dwell_data"] = FieldType.Flag,
            ["include_video_data"] = FieldType.Flag,
            ["extinfo"] = ExtendedDeviceInformation,
            ["campaign_ids"] = FieldType.Text,
            ["install_referrer"] = FieldType.Text,
            ["installer_package"] = FieldType.Text,
            ["receipt_data"] = FieldType.Text,
            ["url_schemes"] = FieldType.Texts,
            ["vendor_id"] = FieldType.Text,
            ["windows_attribution_id"] = FieldType.Text,
        }
    );

    /// <summary>The fields at the level of the event.</summary>
    public static readonly FrozenDictionary<string, FieldType> OfEvent = new Dictionary<string, FieldType>(
        StringComparer.Ordinal
    )
    {
        ["opt_out"] = FieldType.Boolean,
        [ReferrerUrl] = FieldType.Text,
        ["original_event_data"] = OriginalEvent,
        ["attribution_data"] = Attribution,
        ["app_data"] = App,
        [MessagingChannel] = FieldType.OneOf("whatsapp", "messenger", "instagram"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The fields of <c>custom_data</c> that have a type at Meta, except those that a source maps. Other names are
    /// free.
    /// </summary>
    public static readonly FrozenDictionary<string, FieldType> OfCustomData = new Dictionary<string, FieldType>(
        StringComparer.Ordinal
    )
    {
        ["content_name"] = FieldType.Text,
        ["content_category"] = FieldType.Text,
        ["content_type"] = FieldType.Text,
        ["status"] = FieldType.Text,
        ["search_string"] = FieldType.Text,
        ["order_id"] = FieldType.Text,
        ["item_number"] = FieldType.Text,
        ["num_items"] = FieldType.Integer,
        ["predicted_ltv"] = FieldType.Decimal,
        ["net_revenue"] = FieldType.Decimal,
        ["delivery_category"] = FieldType.OneOf("in_store", "curbside", "home_delivery"),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
