using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Mapping;

/// <summary>
/// What one walk over a source event found, by field. It remembers which values were read, so that the others can be
/// noted.
/// </summary>
internal readonly struct FieldValues
{
    private readonly JsonElement[] _values;
    private readonly (int First, int Count)[] _slots;
    private readonly bool[] _used;
    private readonly JsonElement[]? _defaults;

    internal FieldValues(JsonElement[] values, (int First, int Count)[] slots)
        : this(values, slots, new bool[values.Length], defaults: null) { }

    private FieldValues(JsonElement[] values, (int First, int Count)[] slots, bool[] used, JsonElement[]? defaults)
    {
        _values = values;
        _slots = slots;
        _used = used;
        _defaults = defaults;
    }

    /// <summary>
    /// The first non-empty value of the field; undefined where there is none. It does not count as used.
    /// </summary>
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

    /// <summary>Whether the field has a value of any kind.</summary>
    public bool Has(Field field) => Element(field).ValueKind != JsonValueKind.Undefined;

    /// <summary>Marks what <see cref="Element(Field)"/> returns as used.</summary>
    public void Use(Field field)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            if (!JsonText.IsEmpty(At(slot)))
            {
                _used[slot] = true;
                return;
            }
        }
    }

    /// <summary>Whether one of the values was used.</summary>
    public bool UsesAny(ReadOnlySpan<int> slots)
    {
        foreach (var slot in slots)
        {
            if (_used[slot])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first value of the field that reads as text.</summary>
    public string? Text(Field field)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            if (JsonText.Of(At(slot)) is { } text)
            {
                _used[slot] = true;
                return text;
            }
        }

        return null;
    }

    /// <summary>The first value of the field that reads as an amount; a present one that does not is noted.</summary>
    public Number? Amount(Field field, Warnings warnings) =>
        Read(field, MoneyText.Read, Warning.InvalidNumber, warnings);

    /// <summary>The first value of the field that reads as a time; a present one that does not is noted.</summary>
    public DateTimeOffset? Time(Field field, DateOrder order, Warnings warnings) =>
        Read(field, order == DateOrder.DayFirst ? DayFirst : MonthFirst, Warning.InvalidTime, warnings);

    private static readonly Func<JsonElement, DateTimeOffset?> DayFirst = time => Times.Read(time, DateOrder.DayFirst);
    private static readonly Func<JsonElement, DateTimeOffset?> MonthFirst = time =>
        Times.Read(time, DateOrder.MonthFirst);

    private T? Read<T>(Field field, Func<JsonElement, T?> read, string warning, Warnings warnings)
        where T : struct
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            var element = At(slot);
            if (JsonText.IsEmpty(element))
            {
                continue;
            }

            // One that cannot be read is noted here, and so is accounted for.
            _used[slot] = true;
            if (read(element) is { } value)
            {
                return value;
            }

            warnings.Add(warning);
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
                _used[slot] = true;
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
    public FieldValues WithDefaults(FieldValues defaults) => new(_values, _slots, _used, defaults._values);

    private JsonElement At(int slot) =>
        _defaults is null || _values[slot].ValueKind != JsonValueKind.Undefined ? _values[slot] : _defaults[slot];
}
