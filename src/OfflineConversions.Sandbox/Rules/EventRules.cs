using System.Collections.Frozen;
using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// The members of an event: their names, their types, and which are required. Source: Meta, "Server Event
/// Parameters".
/// </summary>
internal static class EventRules
{
    public static readonly Rule NotAnObject = Rule.General(
        "event_not_an_object",
        "An element of data is not a JSON object."
    );
    public static readonly Rule NotUnicode = Rule.General(
        "event_not_unicode",
        "A string in the event is not valid Unicode."
    );
    public static readonly Rule WrongType = Rule.General("wrong_type", "A parameter has the wrong type.");
    public static readonly Rule EventNameMissing = Rule.General(
        "event_name_missing",
        "Every event needs an event_name."
    );
    public static readonly Rule ActionSourceMissing = Rule.General(
        "action_source_missing",
        "Every event needs an action_source."
    );
    public static readonly Rule ActionSourceUnknown = Rule.General(
        "action_source_unknown",
        "The action_source is not one of the documented values."
    );

    private static readonly FrozenSet<string> ActionSources = FrozenSet.Create(
        StringComparer.Ordinal,
        "email",
        "website",
        "app",
        "phone_call",
        "chat",
        "physical_store",
        "system_generated",
        "business_messaging",
        "other"
    );

    /// <summary>The members of a Conversions API event.</summary>
    private static readonly FrozenDictionary<string, JsonTypes> Server = new Dictionary<string, JsonTypes>(
        StringComparer.Ordinal
    )
    {
        ["event_name"] = JsonTypes.String,
        ["event_time"] = JsonTypes.Integer,
        ["event_id"] = JsonTypes.String,
        ["event_source_url"] = JsonTypes.String,
        ["referrer_url"] = JsonTypes.String,
        ["action_source"] = JsonTypes.String,
        ["opt_out"] = JsonTypes.Boolean,
        ["user_data"] = JsonTypes.Object,
        ["custom_data"] = JsonTypes.Object,
        ["app_data"] = JsonTypes.Object,
        ["original_event_data"] = JsonTypes.Object,
        ["attribution_data"] = JsonTypes.Object,
        ["customer_segmentation"] = JsonTypes.String,
        ["messaging_channel"] = JsonTypes.String,
        ["advanced_measurement_table"] = JsonTypes.String,
        ["data_processing_options"] = JsonTypes.Array,
        ["data_processing_options_country"] = JsonTypes.Integer,
        ["data_processing_options_state"] = JsonTypes.Integer,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The members of a legacy offline event, with value, currency and contents at the top level.</summary>
    private static readonly FrozenDictionary<string, JsonTypes> Offline = new Dictionary<string, JsonTypes>(
        StringComparer.Ordinal
    )
    {
        ["match_keys"] = JsonTypes.Object,
        ["event_name"] = JsonTypes.String,
        ["event_time"] = JsonTypes.Integer,
        ["action_source"] = JsonTypes.String,
        ["value"] = JsonTypes.Number | JsonTypes.String,
        ["currency"] = JsonTypes.String,
        ["content_type"] = JsonTypes.String | JsonTypes.Array,
        ["content_ids"] = JsonTypes.Array,
        ["contents"] = JsonTypes.Array,
        ["custom_data"] = JsonTypes.Object,
        ["order_id"] = JsonTypes.String | JsonTypes.Integer,
        ["item_number"] = JsonTypes.String | JsonTypes.Integer,
        ["data_processing_options"] = JsonTypes.Array,
        ["data_processing_options_country"] = JsonTypes.Integer,
        ["data_processing_options_state"] = JsonTypes.Integer,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Violation? Check(EventCheck check)
    {
        var legacy = check.Shape == EventShape.OfflineEvents;
        if (!check.Has(check.Event, "event_name", out _))
        {
            return EventNameMissing.At("event_name");
        }

        if (!check.Has(check.Event, "action_source", out var source) && !legacy)
        {
            return ActionSourceMissing.At("action_source");
        }

        return Types(check, legacy ? Offline : Server)
            ?? (
                source.ValueKind == JsonValueKind.String && !ActionSources.Contains(source.GetString()!)
                    ? ActionSourceUnknown.At("action_source")
                    : null
            );
    }

    private static Violation? Types(EventCheck check, FrozenDictionary<string, JsonTypes> members)
    {
        foreach (var member in check.Event.EnumerateObject())
        {
            if (!members.TryGetValue(member.Name, out var types))
            {
                check.Note(member.Name, "is not a parameter Meta documents");
            }
            else if (
                EventCheck.IsEmpty(member.Value)
                && member.Name is not ("data_processing_options" or "user_data" or "match_keys")
            )
            {
                check.Note(member.Name, "is empty and counts as absent");
            }
            else if (member.Value.ValueKind != JsonValueKind.Null && !types.Allow(member.Value))
            {
                return WrongType.At(member.Name);
            }
        }

        return null;
    }
}
