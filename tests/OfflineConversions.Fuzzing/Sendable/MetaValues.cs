using System.Runtime.CompilerServices;
using System.Text.Json;

namespace OfflineConversions.Fuzzing.Sendable;

/// <summary>
/// Values of Meta's own fields: right ones, nearly right ones, and values of another type. <c>meta-values.json</c> has
/// them as JSON texts, so that numbers and escapes reach the core as they are written.
/// </summary>
internal static class MetaValues
{
    private const string AnyType = "any";

    /// <summary>The keys of <c>user_data</c> and <c>match_keys</c>, and one that is neither.</summary>
    public static readonly IReadOnlyList<string> UserData =
    [
        .. "em ph fn ln ge db ct st zp country external_id client_ip_address client_user_agent fbc fbp".Split(' '),
        .. "lead_id madid anon_id subscription_id fb_login_id page_id page_scoped_user_id ctwa_clid ig_sid".Split(' '),
        .. "ig_account_id whatsapp_business_account_id fi f5first f5last doby dobm dobd".Split(' '),
        .. "email phone gen zip extern_id favourite_colour".Split(' '),
    ];

    /// <summary>The members of <c>custom_data</c> that Meta documents, and some that it does not.</summary>
    public static readonly IReadOnlyList<string> CustomData =
    [
        .. "value currency content_ids contents content_type content_name content_category status order_id".Split(' '),
        .. "item_number num_items search_string predicted_ltv net_revenue delivery_category".Split(' '),
        .. "customer_segmentation em email note points".Split(' '),
    ];

    /// <summary>The members of an event.</summary>
    public static readonly IReadOnlyList<string> Event =
    [
        .. "opt_out referrer_url original_event_data attribution_data app_data messaging_channel".Split(' '),
        .. "action_source event_name event_time event_id event_source_url customer_segmentation".Split(' '),
        .. "data_processing_options data_processing_options_country data_processing_options_state".Split(' '),
        .. "advanced_measurement_table store_data".Split(' '),
    ];

    private static readonly Dictionary<string, string[]> Known = Read();

    /// <summary>Whether the values of a field with this name are odd in ways of their own.</summary>
    public static bool Fits(string name) => Kind(name) is not null;

    /// <summary>A value for a field: mostly of its kind, else a hash, or any value.</summary>
    public static string For(string name, Random random)
    {
        var values = random.Next(6) > 0 ? Kind(name) ?? Known[AnyType] : Known[AnyType];
        return values[random.Next(values.Length)];
    }

    /// <summary>Any value of any type.</summary>
    public static string Any(Random random) => Known[AnyType][random.Next(Known[AnyType].Length)];

    // The longest name first: event_time is no time of another kind, and content_ids are no contents.
    private static string[]? Kind(string name) =>
        Known
            .Where(kind => kind.Key != AnyType && name.Contains(kind.Key, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(kind => kind.Key.Length)
            .Select(kind => kind.Value)
            .FirstOrDefault();

    private static Dictionary<string, string[]> Read([CallerFilePath] string file = "") =>
        JsonSerializer.Deserialize<Dictionary<string, string[]>>(
            File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "meta-values.json"))
        )!;
}
