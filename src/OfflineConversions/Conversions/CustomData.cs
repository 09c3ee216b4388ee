using System.Text.Json;

namespace OfflineConversions.Conversions;

/// <summary>The free part of <c>custom_data</c>: names in order of arrival, the last value of a name wins.</summary>
public sealed class CustomData
{
    private readonly OrderedDictionary<string, CustomValue> _values = new(16, StringComparer.Ordinal);

    /// <summary>All entries in order.</summary>
    public IReadOnlyList<KeyValuePair<string, CustomValue>> Entries => _values;

    /// <summary>Sets a value of the source's JSON; what is empty is absent.</summary>
    public void Set(string name, JsonElement value)
    {
        if (name.Length > 0 && !Json.JsonText.IsEmpty(value))
        {
            _values[name] = new CustomValue(value, Text: null);
        }
    }

    /// <summary>Sets a text; empty text is absent.</summary>
    public void Set(string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            _values[name] = new CustomValue(default, value);
        }
    }

    /// <summary>Copies the members of an object except those named; anything that is no object has none.</summary>
    public void CopyFrom(JsonElement properties, IReadOnlySet<string> except)
    {
        if (properties.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (Json.JsonText.NameOf(property) is { } name && !except.Contains(name))
            {
                Set(name, property.Value);
            }
        }
    }

    /// <summary>Replaces the entry by cleaned JSON.</summary>
    public void Replace(string name, JsonElement value) => _values[name] = new CustomValue(value, Text: null);

    /// <summary>Removes an entry.</summary>
    public void Remove(string name) => _values.Remove(name);

    /// <summary>Removes many entries at the price of one.</summary>
    public void RemoveAll(IReadOnlySet<string> names)
    {
        if (names.Count > 0)
        {
            var kept = _values.Where(entry => !names.Contains(entry.Key)).ToArray();
            _values.Clear();
            foreach (var (name, value) in kept)
            {
                _values.Add(name, value);
            }
        }
    }
}

/// <summary>A value of <c>custom_data</c>: the source's own JSON, or a text.</summary>
/// <param name="Json">The source's JSON, written as it came; undefined where <paramref name="Text"/> is set.</param>
/// <param name="Text">A text.</param>
public readonly record struct CustomValue(JsonElement Json, string? Text);
