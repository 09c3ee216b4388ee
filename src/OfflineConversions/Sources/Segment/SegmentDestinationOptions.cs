using System.Text.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.Segment;

/// <summary>
/// What a message says to this destination: in <c>integrations</c> under its name in any spelling, and where that is no object,
/// in <c>context</c> under its name.
/// </summary>
public readonly record struct SegmentDestinationOptions(bool Disabled, JsonElement InIntegrations, JsonElement InContext)
{
    /// <summary>Reads the message's own objects, then the batch's.</summary>
    public static SegmentDestinationOptions Of(FieldValues message, FieldValues? batch)
    {
        var integrations = Either(message, batch, Field.Integrations, element => Integrations.Ours(element).ValueKind != JsonValueKind.Undefined);
        var context = Either(message, batch, Field.Context, element => Integrations.Ours(element).ValueKind != JsonValueKind.Undefined);
        return new SegmentDestinationOptions(
            Integrations.Disable(integrations), Integrations.Ours(integrations), Integrations.Ours(context));
    }

    /// <summary>One option; undefined where the message does not give it.</summary>
    public JsonElement Member(string name) =>
        JsonText.Member(InIntegrations, name) is { ValueKind: not JsonValueKind.Undefined } value ? value : JsonText.Member(InContext, name);

    private static JsonElement Either(FieldValues message, FieldValues? batch, Field field, Predicate<JsonElement> speaks)
    {
        var own = message.Element(field);
        var shared = batch?.Element(field) ?? default;
        return speaks(own) || shared.ValueKind == JsonValueKind.Undefined ? own : shared;
    }
}
