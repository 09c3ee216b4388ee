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
    // In the tree's scratch, each slot has the row of its value plus one, twice, plus one if it was used. Without a
    // tree, no field has a value.
    private const int UsedBit = 1;

    private readonly JsonTree? _tree;
    private readonly int _first;
    private readonly int _firstDefault;
    private readonly (int First, int Count)[] _slots;

    internal FieldValues(JsonTree? tree, int first, (int First, int Count)[] slots)
        : this(tree, first, firstDefault: -1, slots) { }

    private FieldValues(JsonTree? tree, int first, int firstDefault, (int First, int Count)[] slots)
    {
        _tree = tree;
        _first = first;
        _firstDefault = firstDefault;
        _slots = slots;
    }

    /// <summary>What the slot of a value contains, by the row of the value.</summary>
    internal static int Found(int row) => (row + 1) << 1;

    /// <summary>
    /// The first non-empty value of the field; undefined where there is none. It does not count as used.
    /// </summary>
    public JsonPart Element(Field field)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            if (TryAt(slot, out var element) && !JsonText.IsEmpty(element))
            {
                return element;
            }
        }

        return default;
    }

    /// <summary>The value at one place of the field's row, empty or not.</summary>
    public JsonPart Element(Field field, int place) =>
        TryAt(_slots[(int)field].First + place, out var element) ? element : default;

    /// <summary>Whether the field has a value of any kind.</summary>
    public bool Has(Field field) => Element(field).ValueKind != JsonValueKind.Undefined;

    /// <summary>Marks what <see cref="Element(Field)"/> returns as used.</summary>
    public void Use(Field field)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            if (TryAt(slot, out var element) && !JsonText.IsEmpty(element))
            {
                MarkUsed(slot);
                return;
            }
        }
    }

    /// <summary>Whether one of the values was used.</summary>
    public bool UsesAny(ReadOnlySpan<int> slots)
    {
        foreach (var slot in slots)
        {
            if (_tree is not null && (_tree.Scratch[_first + slot] & UsedBit) != 0)
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
            if (TryAt(slot, out var element) && JsonText.Of(element) is { } text)
            {
                MarkUsed(slot);
                return text;
            }
        }

        return null;
    }

    /// <summary>The same as a slice of the body, where it is one.</summary>
    public BodyText Slice(Field field)
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            if (TryAt(slot, out var element) && JsonText.Slice(element) is { IsAbsent: false } text)
            {
                MarkUsed(slot);
                return text;
            }
        }

        return default;
    }

    /// <summary>The same as a string, which nearly every event has alike.</summary>
    public string? Word(Field field, RepeatedWords words)
    {
        var text = Slice(field);
        return words.Find(text.Ascii) ?? text.Text;
    }

    /// <summary>The first value of the field that reads as an amount; a present one that does not is noted.</summary>
    public Number? Amount(Field field, Warnings warnings) =>
        Read(field, MoneyText.Read, Warning.InvalidNumber, warnings);

    /// <summary>The first value of the field that reads as a time; a present one that does not is noted.</summary>
    public DateTimeOffset? Time(Field field, DateOrder order, Warnings warnings) =>
        Read(field, order == DateOrder.DayFirst ? DayFirst : MonthFirst, Warning.InvalidTime, warnings);

    private static readonly Func<JsonPart, DateTimeOffset?> DayFirst = time => Times.Read(time, DateOrder.DayFirst);
    private static readonly Func<JsonPart, DateTimeOffset?> MonthFirst = time => Times.Read(time, DateOrder.MonthFirst);

    private T? Read<T>(Field field, Func<JsonPart, T?> read, string warning, Warnings warnings)
        where T : struct
    {
        var (first, count) = _slots[(int)field];
        for (var slot = first; slot < first + count; slot++)
        {
            if (!TryAt(slot, out var element) || JsonText.IsEmpty(element))
            {
                continue;
            }

            // One that cannot be read is noted here, and so is accounted for.
            MarkUsed(slot);
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
            if (TryAt(slot, out var element) && TryAdd(keys, key, element))
            {
                MarkUsed(slot);
                return;
            }
        }
    }

    private static bool TryAdd(MatchKeys keys, MatchKey key, JsonPart element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return keys.Add(key, element);
        }

        return keys.AddEach(key, JsonText.Keys(element));
    }

    /// <summary>The same values, completed by those of another object of the same tree.</summary>
    public FieldValues WithDefaults(FieldValues defaults) => new(_tree, _first, defaults._first, _slots);

    private void MarkUsed(int slot) => _tree!.Scratch[_first + slot] |= UsedBit;

    // Most slots of a row have nothing.
    private bool TryAt(int slot, out JsonPart element)
    {
        var row = RowAt(_first + slot);
        row = row < 0 && _firstDefault >= 0 ? RowAt(_firstDefault + slot) : row;
        element = row < 0 ? default : new JsonPart(_tree!, row);
        return row >= 0;
    }

    private int RowAt(int place) => _tree is null ? -1 : (_tree.Scratch[place] >> 1) - 1;
}
