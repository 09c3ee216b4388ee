using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Conversions;

/// <summary>
/// The free properties of <c>custom_data</c> in order of arrival. A source fills it; of equal names, the last wins.
/// </summary>
public sealed class CustomData
{
    // Most events have no fields of Meta's own, so an empty one costs nothing.
    private OrderedDictionary<string, CustomValue>? _values;

    /// <summary>All properties in order.</summary>
    public IReadOnlyList<KeyValuePair<string, CustomValue>> Entries =>
        (IReadOnlyList<KeyValuePair<string, CustomValue>>?)_values ?? [];

    private OrderedDictionary<string, CustomValue> Values => _values ??= new(16, StringComparer.Ordinal);

    /// <summary>Sets a value of the source's JSON. An empty value is absent.</summary>
    public void Set(string name, JsonPart value)
    {
        if (name.Length > 0 && !JsonText.IsEmpty(value))
        {
            Values[name] = new CustomValue(value, Text: null);
        }
    }

    /// <summary>Sets a text. Blank text is absent.</summary>
    public void Set(string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            Values[name] = new CustomValue(default, value);
        }
    }

    /// <summary>Copies the members of an object, except those named. Anything else has no members.</summary>
    public void CopyFrom(JsonPart properties, IReadOnlySet<string> except)
    {
        if (properties.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (JsonText.NameOf(property) is { } name && !except.Contains(name))
            {
                Set(name, property.Value);
            }
        }
    }

    /// <summary>Whether there is a property of this name.</summary>
    public bool Has(string name) => _values?.ContainsKey(name) ?? false;

    /// <summary>Removes a property.</summary>
    public void Remove(string name) => _values?.Remove(name);

    /// <summary>The first <paramref name="count"/> properties, to which more can be added.</summary>
    internal CustomData Take(int count)
    {
        var taken = new CustomData();
        for (var index = 0; index < count; index++)
        {
            var (name, value) = Values.GetAt(index);
            taken.Add(name, value);
        }

        return taken;
    }

    internal void Add(string name, CustomValue value) => Values.Add(name, value);
}

/// <summary>A value of <c>custom_data</c>: the source's own JSON, or a text.</summary>
/// <param name="Json">The source's JSON, written unchanged; undefined if <paramref name="Text"/> is set.</param>
/// <param name="Text">A text.</param>
public readonly record struct CustomValue(JsonPart Json, string? Text);
