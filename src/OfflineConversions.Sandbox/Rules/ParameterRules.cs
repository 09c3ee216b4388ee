using System.Collections.Frozen;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// The types of the documented parameters inside <c>custom_data</c>, <c>original_event_data</c>,
/// <c>attribution_data</c> and <c>app_data</c>. Meta refuses an event for a parameter of the wrong type. Source: Meta,
/// "Custom Data Parameters", "Server Event Parameters", "App Data Parameters".
/// </summary>
internal static class ParameterRules
{
    // Meta's documented type is a string. A list or an object has been seen refused; for a number or a boolean there is
    // no evidence, so it is accepted.
    private const JsonTypes Text = JsonTypes.String | JsonTypes.Number | JsonTypes.Boolean;
    private const JsonTypes Amount = JsonTypes.Number | JsonTypes.String;

    private static readonly FrozenDictionary<string, JsonTypes> CustomData = Table([
        new("content_name", Text),
        new("content_category", Text),
        new("content_type", Text),
        new("status", Text),
        new("search_string", Text),
        new("order_id", Text),
        new("item_number", Text),
        new("delivery_category", Text),
        new("num_items", Amount),
        new("predicted_ltv", Amount),
        new("net_revenue", Amount),
    ]);

    private static readonly FrozenDictionary<string, JsonTypes> OriginalEventData = Table([
        new("event_name", JsonTypes.String),
        new("event_time", JsonTypes.Integer),
        new("order_id", JsonTypes.String),
        new("event_id", JsonTypes.String),
    ]);

    private static readonly FrozenDictionary<string, JsonTypes> AttributionData = Table([
        new("attribution_model", JsonTypes.String),
        new("attribution_method", JsonTypes.String),
        new("attribution_share", JsonTypes.Number),
        new("attribution_value", JsonTypes.Number),
        new("visit_time", JsonTypes.Integer),
        new("touchpoint_ts", JsonTypes.Integer),
    ]);

    private static readonly FrozenDictionary<string, JsonTypes> AppData = Table([
        new("advertiser_tracking_enabled", JsonTypes.Boolean | JsonTypes.Integer),
        new("application_tracking_enabled", JsonTypes.Boolean | JsonTypes.Integer),
        new("extinfo", JsonTypes.Array),
    ]);

    public static Violation? Check(EventCheck check) =>
        Check(check, "custom_data", CustomData)
        ?? Check(check, "original_event_data", OriginalEventData)
        ?? Check(check, "attribution_data", AttributionData)
        ?? Check(check, "app_data", AppData);

    private static Violation? Check(EventCheck check, string name, FrozenDictionary<string, JsonTypes> members)
    {
        if (!check.Has(check.Event, name, out var parameters))
        {
            return null;
        }

        foreach (var member in parameters.EnumerateObject())
        {
            if (
                members.TryGetValue(member.Name, out var types)
                && !EventCheck.IsEmpty(member.Value)
                && !types.Allow(member.Value)
            )
            {
                return EventRules.WrongType.At($"{name}.{member.Name}");
            }
        }

        return null;
    }

    private static FrozenDictionary<string, JsonTypes> Table(KeyValuePair<string, JsonTypes>[] members) =>
        members.ToFrozenDictionary(StringComparer.Ordinal);
}
