using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Mapping;

/// <summary>What one walk over a source event found, by field.</summary>
internal readonly struct FieldValues
{
    private readonly JsonElement[] _values;
    private readonly (int First, int Count)[] _slots;
    private readonly JsonElement[]? _defaults;

    internal FieldValues(JsonElement[] values, (int First, int Count)[] slots, JsonElement[]? defaults = null)
    {
        _values = values;
        _slots = slots;
        _defaults = defaults;
    }

    /// <summary>The first non-empty value of the field; undefined if there is none.</summary>
    public JsonElement Element(Field field)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            var element = At(slot);
            if (!JsonText.IsEmpty(element))
            {
                return element;
            }
        }

        return default;
    }

    /// <summary>The value at one place of the field's row, empty or not.</summary>
    public JsonElement Element(Field field, int place) => At(_slots[(int)field].First + place);

    /// <summary>The first value of the field that reads as text.</summary>
    public string? Text(Field field)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            if (JsonText.Of(At(slot)) is { } text)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>The first value of the field that reads as a number; a present one that does not is noted.</summary>
    public Number? Number(Field field, Warnings warnings)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            var element = At(slot);
            if (Json.Number.Read(element) is { } number)
            {
                return number;
            }

            if (!JsonText.IsEmpty(element))
            {
                warnings.Add(Warning.InvalidNumber);
            }
        }

        return null;
    }

    /// <summary>The first value of the field that reads as a time; a present one that does not is noted.</summary>
    public DateTimeOffset? Time(Field field, DateOrder order, Warnings warnings)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            var element = At(slot);
            if (Times.Read(element, order) is { } time)
            {
                return time;
            }

            if (!JsonText.IsEmpty(element))
            {
                warnings.Add(Warning.InvalidTime);
            }
        }

        return null;
    }

    /// <summary>
    /// Adds the first value of the field that is text or a number, or each such value of a list, to the match keys.
    /// </summary>
    public void AddTo(MatchKeys keys, MatchKey key, Field field)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            if (TryAdd(keys, key, At(slot)))
            {
                return;
            }
        }
    }

    private static bool TryAdd(MatchKeys keys, MatchKey key, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return keys.Add(key, JsonText.Key(element));
        }

        return keys.AddEach(key, JsonText.Keys(element));
    }

    /// <summary>The same values, completed by those of another object.</summary>
    public FieldValues WithDefaults(FieldValues defaults) => new(_values, _slots, defaults._values);

    private JsonElement At(int slot) =>
        _defaults is null || _values[slot].ValueKind != JsonValueKind.Undefined ? _values[slot] : _defaults[slot];
}
