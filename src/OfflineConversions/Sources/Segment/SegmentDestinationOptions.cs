using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.Segment;

/// <summary>
/// The options of this destination in a message: in <c>integrations</c> under its name in any spelling, and if that is
/// not an object, in <c>context</c> under its name.
/// </summary>
internal readonly record struct SegmentDestinationOptions(
    bool Disabled,
    JsonPart InIntegrations,
    JsonPart InContext,
    MetaFields Meta
)
{
    /// <summary>Reads the message's own objects, with the batch's merged into them.</summary>
    public static SegmentDestinationOptions Of(FieldValues message, FieldValues? batch)
    {
        var inIntegrations = Merged(message, batch, Field.Integrations, Integrations.Ours);
        var all = Merged(message, batch, Field.Integrations, Integrations.All);
        return new SegmentDestinationOptions(
            Integrations.Disable(inIntegrations, all),
            inIntegrations,
            Merged(message, batch, Field.Context, Integrations.Ours),
            MetaFieldsOf(message, batch)
        );
    }

    /// <summary>One option; undefined if the message does not set it.</summary>
    public JsonPart Member(string name) =>
        JsonText.Member(InIntegrations, name) is { ValueKind: not JsonValueKind.Undefined } value
            ? value
            : JsonText.Member(InContext, name);

    private static MetaFields MetaFieldsOf(FieldValues message, FieldValues? batch)
    {
        var fields = new MetaFields();
        foreach (var place in (ReadOnlySpan<Field>)[Field.Context, Field.Integrations])
        {
            fields.AddFrom(batch?.Element(place) ?? default);
            fields.AddFrom(message.Element(place));
        }

        return fields;
    }

    private static JsonPart Merged(
        FieldValues message,
        FieldValues? batch,
        Field field,
        Func<JsonPart, JsonPart> member
    ) =>
        member(message.Element(field)) is { ValueKind: not JsonValueKind.Undefined } own
            ? own
            : member(batch?.Element(field) ?? default);
}
