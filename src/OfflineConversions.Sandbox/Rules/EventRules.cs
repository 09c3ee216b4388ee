using System.Collections.Frozen;
using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// The members of an event: which there are, of which type, and which must be there. Source: Meta, "Server Event
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
        "A text of the event is not valid Unicode."
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
        "The action_source is none of those Meta knows."
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
    private static readonly FrozenDictionary<string, Kinds> Server = new Dictionary<string, Kinds>(
        StringComparer.Ordinal
    )
    {
        ["event_name"] = Kinds.Text,
        ["event_time"] = Kinds.Whole,
        ["event_id"] = Kinds.Text,
        ["event_source_url"] = Kinds.Text,
        ["referrer_url"] = Kinds.Text,
        ["action_source"] = Kinds.Text,
        ["opt_out"] = Kinds.Flag,
        ["user_data"] = Kinds.Group,
        ["custom_data"] = Kinds.Group,
        ["app_data"] = Kinds.Group,
        ["original_event_data"] = Kinds.Group,
        ["attribution_data"] = Kinds.Group,
        ["customer_segmentation"] = Kinds.Text,
        ["messaging_channel"] = Kinds.Text,
        ["advanced_measurement_table"] = Kinds.Text,
        ["data_processing_options"] = Kinds.List,
        ["data_processing_options_country"] = Kinds.Whole,
        ["data_processing_options_state"] = Kinds.Whole,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The members of a legacy offline event, which keeps its amounts at the top.</summary>
    private static readonly FrozenDictionary<string, Kinds> Offline = new Dictionary<string, Kinds>(
        StringComparer.Ordinal
    )
    {
        ["match_keys"] = Kinds.Group,
        ["event_name"] = Kinds.Text,
        ["event_time"] = Kinds.Whole,
        ["action_source"] = Kinds.Text,
        ["value"] = Kinds.Number | Kinds.Text,
        ["currency"] = Kinds.Text,
        ["content_type"] = Kinds.Text | Kinds.List,
        ["content_ids"] = Kinds.List,
        ["contents"] = Kinds.List,
        ["custom_data"] = Kinds.Group,
        ["order_id"] = Kinds.Text | Kinds.Whole,
        ["item_number"] = Kinds.Text | Kinds.Whole,
        ["data_processing_options"] = Kinds.List,
        ["data_processing_options_country"] = Kinds.Whole,
        ["data_processing_options_state"] = Kinds.Whole,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Violation? Check(Inspection inspection)
    {
        var legacy = inspection.Shape == EventShape.OfflineEvents;
        if (!inspection.Has(inspection.Event, "event_name", out _))
        {
            return EventNameMissing.At("event_name");
        }

        if (!inspection.Has(inspection.Event, "action_source", out var source) && !legacy)
        {
            return ActionSourceMissing.At("action_source");
        }

        return Types(inspection, legacy ? Offline : Server)
            ?? (
                source.ValueKind == JsonValueKind.String && !ActionSources.Contains(source.GetString()!)
                    ? ActionSourceUnknown.At("action_source")
                    : null
            );
    }

    private static Violation? Types(Inspection inspection, FrozenDictionary<string, Kinds> members)
    {
        foreach (var member in inspection.Event.EnumerateObject())
        {
            if (!members.TryGetValue(member.Name, out var kinds))
            {
                inspection.Note(member.Name, "is not a parameter Meta documents");
            }
            else if (
                Inspection.IsEmpty(member.Value)
                && member.Name is not ("data_processing_options" or "user_data" or "match_keys")
            )
            {
                inspection.Note(member.Name, "is empty and counts as absent");
            }
            else if (member.Value.ValueKind != JsonValueKind.Null && !kinds.Allow(member.Value))
            {
                return WrongType.At(member.Name);
            }
        }

        return null;
    }
}
