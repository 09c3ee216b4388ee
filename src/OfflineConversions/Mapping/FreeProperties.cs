using System.Collections.Frozen;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Mapping;

/// <summary>
/// The members of an object that a source's table does not read: they become free properties. Of those that it reads,
/// the ones that lost against another field are noted, so that nothing disappears silently.
/// </summary>
/// <param name="read">The names that the table reads, each with its slots.</param>
internal sealed class FreeProperties(FrozenDictionary<string, int[]> read)
{
    private readonly Utf8Names<int[]> _slots = new(read);
    private readonly RepeatedWords _names = new();

    /// <summary>Whether the table reads the name, and the event used it.</summary>
    public bool IsUsed(string name, FieldValues fields) =>
        read.TryGetValue(name, out var slots) && fields.UsesAny(slots);

    /// <summary>Copies the free members, and notes the others that the event did not use.</summary>
    /// <param name="properties">The object. Anything else has no members, and is noted.</param>
    /// <param name="fields">What the table read, and what was used of it.</param>
    /// <param name="customData">Receives the free members.</param>
    /// <param name="warnings">Receives <see cref="Warning.PropertyNotSent"/>.</param>
    /// <param name="alsoUsed">Names that were used although they are not in the table.</param>
    public void Copy(
        JsonPart properties,
        FieldValues fields,
        CustomData customData,
        Warnings warnings,
        params IReadOnlyCollection<string> alsoUsed
    )
    {
        if (properties.ValueKind != JsonValueKind.Object)
        {
            if (!JsonText.IsEmpty(properties))
            {
                warnings.Add(Warning.PropertyNotSent);
            }

            return;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (JsonText.IsEmpty(property.Value) || IsAmong(alsoUsed, property))
            {
                continue;
            }

            var slots = SlotsOf(property);
            if (slots is null && NameOf(property) is { Length: > 0 } name)
            {
                customData.Set(name, property.Value);
            }
            else if (slots is null || !fields.UsesAny(slots))
            {
                warnings.Add(Warning.PropertyNotSent);
            }
        }
    }

    private static bool IsAmong(IReadOnlyCollection<string> names, JsonMember property) =>
        names.Count > 0 && JsonText.NameOf(property) is { } name && names.Contains(name);

    private string? NameOf(JsonMember property) =>
        (property.IsEscaped ? null : _names.Find(property.RawName)) ?? JsonText.NameOf(property);

    private int[]? SlotsOf(JsonMember property) =>
        !property.IsEscaped ? _slots.Find(property.RawName)
        : JsonText.NameOf(property) is { } name ? read.GetValueOrDefault(name)
        : null;
}
