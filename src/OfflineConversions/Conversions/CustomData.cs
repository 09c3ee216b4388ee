using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Conversions;

/// <summary>
/// The free properties of <c>custom_data</c> in order of arrival. A source fills it; of equal names, the last wins.
/// </summary>
internal sealed class CustomData
{
    // So few names are compared one after another, which costs less than a dictionary of them.
    private const int MostWithoutIndex = 24;

    // Most events have no fields of Meta's own, so an empty one costs nothing.
    private PooledList<KeyValuePair<string, CustomValue>>? _entries;
    private Dictionary<string, int>? _places;

    /// <summary>All properties in order.</summary>
    public IReadOnlyList<KeyValuePair<string, CustomValue>> Entries =>
        (IReadOnlyList<KeyValuePair<string, CustomValue>>?)_entries ?? [];

    internal ReadOnlySpan<KeyValuePair<string, CustomValue>> Span => _entries is null ? [] : _entries.Span;

    /// <summary>Sets a value of the source's JSON. An empty value is absent.</summary>
    public void Set(string name, JsonPart value)
    {
        if (name.Length > 0 && !JsonText.IsEmpty(value))
        {
            Set(name, new CustomValue(value, Text: null));
        }
    }

    /// <summary>Sets a text. Blank text is absent.</summary>
    public void Set(string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            Set(name, new CustomValue(default, value));
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
    public bool Has(string name) => PlaceOf(name) >= 0;

    /// <summary>Removes a property.</summary>
    public void Remove(string name)
    {
        if (PlaceOf(name) is >= 0 and var place)
        {
            _entries!.RemoveAt(place);
            _places = null;
        }
    }

    /// <summary>The first <paramref name="count"/> properties, to which more can be added.</summary>
    internal CustomData Take(int count)
    {
        var taken = new CustomData();
        foreach (var (name, value) in Span[..count])
        {
            taken.Add(name, value);
        }

        return taken;
    }

    /// <summary>Forgets everything, and gives the memory back.</summary>
    internal void Release()
    {
        _entries?.Release();
        _places = null;
    }

    /// <summary>Adds a property of a new name.</summary>
    internal void Add(string name, CustomValue value)
    {
        _entries ??= [];
        _places?.Add(name, _entries.Count);
        _entries.Add(KeyValuePair.Create(name, value));
    }

    private void Set(string name, CustomValue value)
    {
        if (PlaceOf(name) is >= 0 and var place)
        {
            _entries!.Span[place] = KeyValuePair.Create(name, value);
        }
        else
        {
            Add(name, value);
        }
    }

    private int PlaceOf(string name)
    {
        if (_entries?.Count > MostWithoutIndex)
        {
            _places ??= _entries
                .Index()
                .ToDictionary(entry => entry.Item.Key, entry => entry.Index, StringComparer.Ordinal);
            return _places.GetValueOrDefault(name, -1);
        }

        var entries = Span;
        for (var place = 0; place < entries.Length; place++)
        {
            if (entries[place].Key == name)
            {
                return place;
            }
        }

        return -1;
    }
}

/// <summary>A value of <c>custom_data</c>: the source's own JSON, or a text.</summary>
/// <param name="Json">The source's JSON, written unchanged; undefined if <paramref name="Text"/> is set.</param>
/// <param name="Text">A text.</param>
internal readonly record struct CustomValue(JsonPart Json, string? Text);
