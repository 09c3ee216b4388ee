using System.Buffers;
using System.Collections.Frozen;
using System.Text;
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
    private const int LongestName = 64;

    private readonly FrozenDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _read =
        read.GetAlternateLookup<ReadOnlySpan<char>>();

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
            if (alsoUsed.Count == 0 && SlotsOf(property) is { } known)
            {
                if (!fields.UsesAny(known) && !JsonText.IsEmpty(property.Value))
                {
                    warnings.Add(Warning.PropertyNotSent);
                }

                continue;
            }

            var name = JsonText.NameOf(property);
            if (JsonText.IsEmpty(property.Value) || (name is not null && alsoUsed.Contains(name)))
            {
                continue;
            }

            if (string.IsNullOrEmpty(name) || (read.TryGetValue(name, out var slots) && !fields.UsesAny(slots)))
            {
                warnings.Add(Warning.PropertyNotSent);
            }
            else if (slots is null)
            {
                customData.Set(name, property.Value);
            }
        }
    }

    /// <summary>The slots of a name that the table reads, found without a text for the name.</summary>
    private int[]? SlotsOf(JsonMember property)
    {
        Span<char> name = stackalloc char[LongestName];
        var raw = property.RawName;
        return
            Ascii.ToUtf16(raw, name, out var length) == OperationStatus.Done
            && _read.TryGetValue(name[..length], out var slots)
            ? slots
            : null;
    }
}
