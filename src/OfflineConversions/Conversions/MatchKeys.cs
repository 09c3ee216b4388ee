using System.Text;
using OfflineConversions.Json;

namespace OfflineConversions.Conversions;

/// <summary>
/// The match keys of one person as the source sent them: clear text, in order of arrival. Clear match keys exist here
/// and in no later stage.
/// </summary>
internal sealed class MatchKeys
{
    /// <summary>The most values of one event. People have a few addresses; a list of a million is an attack.</summary>
    public const int MostValues = 100;

    private const int UsualValues = 16;
    private const int UsualCharacters = 512;
    private const int MostKeptCharacters = 8 * UsualCharacters;

    // In memory that is cleared when the event is done: a string would stay until a collection.
    private ClearKey[] _entries = new ClearKey[UsualValues];
    private char[] _texts = new char[UsualCharacters];
    private int _count;
    private int _length;

    /// <summary>
    /// Empty ones, in the memory of those that this thread released last. Only the caller may release them, once.
    /// </summary>
    public static MatchKeys Rent() => IdleOfThread<MatchKeys>.Take();

    /// <summary>All values, in the order they were added.</summary>
    public IReadOnlyList<MatchKeyValue> Values
    {
        get
        {
            var values = new MatchKeyValue[_count];
            for (var index = 0; index < _count; index++)
            {
                values[index] = new MatchKeyValue(_entries[index].Key, ValueOf(_entries[index]).ToString());
            }

            return values;
        }
    }

    internal ReadOnlySpan<ClearKey> Entries => _entries.AsSpan(0, _count);

    /// <summary>Whether values were left out because there were more than <see cref="MostValues"/>.</summary>
    public bool Overflown { get; private set; }

    /// <summary>Whether values were absent although there was text in their place, such as <c>null</c>.</summary>
    public bool HadPlaceholders { get; private set; }

    /// <summary>
    /// Adds one value. <see langword="null"/>, blank text and placeholders are absent; values after
    /// <see cref="MostValues"/> are left out.
    /// </summary>
    /// <returns>Whether there was a value.</returns>
    public bool Add(MatchKey key, string? value) => Add(key, value.AsSpan());

    /// <summary>
    /// Adds the text of a string or number; anything else is absent. Nearly every one is copied without a string.
    /// </summary>
    /// <returns>Whether there was a value.</returns>
    public bool Add(MatchKey key, JsonPart value)
    {
        if (!JsonText.TryPlainKey(value, out var ascii))
        {
            return Add(key, JsonText.Key(value));
        }

        Encoding.ASCII.GetChars(ascii, Room(ascii.Length));
        return Take(key, ascii.Length);
    }

    private bool Add(MatchKey key, ReadOnlySpan<char> value)
    {
        value.CopyTo(Room(value.Length));
        return Take(key, value.Length);
    }

    // What is in the room becomes a value, if it is one.
    private bool Take(MatchKey key, int length)
    {
        var room = _texts.AsSpan(_length, length);
        var isPresent = IsPresent(room);
        Overflown |= isPresent && _count == MostValues;
        if (!isPresent || _count == MostValues)
        {
            room.Clear();
            return isPresent;
        }

        if (_count == _entries.Length)
        {
            Grow(ref _entries, _count, 2 * _count);
        }

        _entries[_count++] = new ClearKey(key, _length, length);
        _length += length;
        return true;
    }

    /// <summary>Adds the first of the values that is present, unless the key has one already.</summary>
    public void AddFirst(MatchKey key, params ReadOnlySpan<string?> values)
    {
        if (Has(key))
        {
            return;
        }

        foreach (var value in values)
        {
            if (Add(key, value))
            {
                return;
            }
        }
    }

    /// <summary>Adds each value. Stops reading at the first that is one too many.</summary>
    /// <returns>Whether any value was present.</returns>
    public bool AddEach(MatchKey key, IEnumerable<string> values)
    {
        var any = false;
        foreach (var value in values)
        {
            any |= Add(key, value);
            if (Overflown && _count == MostValues)
            {
                break;
            }
        }

        return any;
    }

    /// <summary>Replaces every value of the key; without new values, the old ones stay.</summary>
    public void Replace(MatchKey key, IEnumerable<string> values)
    {
        var present = values.Take(MostValues + 1).Where(value => IsPresent(value)).ToArray();
        if (present.Length > 0)
        {
            Remove(key);
            AddEach(key, present);
        }
    }

    /// <summary>Removes every value of the key.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(MatchKey key)
    {
        var kept = 0;
        foreach (var entry in Entries)
        {
            if (entry.Key != key)
            {
                _entries[kept++] = entry;
            }
        }

        var removed = kept < _count;
        _count = kept;
        return removed;
    }

    /// <summary>Whether the key has a value.</summary>
    public bool Has(MatchKey key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key == key)
            {
                return true;
            }
        }

        return false;
    }

    internal ReadOnlySpan<char> ValueOf(in ClearKey entry) => _texts.AsSpan(entry.Start, entry.Length);

    /// <summary>Forgets everything, and keeps the memory for the next event. Nothing may use them afterwards.</summary>
    internal void Release()
    {
        _texts.AsSpan(0, _length).Clear();
        (_count, _length, Overflown, HadPlaceholders) = (0, 0, false, false);
        if (_texts.Length <= MostKeptCharacters)
        {
            IdleOfThread<MatchKeys>.Keep(this);
        }
    }

    private bool IsPresent(ReadOnlySpan<char> value)
    {
        if (value.IsWhiteSpace())
        {
            return false;
        }

        var isPlaceholder = Placeholder.Is(value);
        HadPlaceholders |= isPlaceholder;
        return !isPlaceholder;
    }

    private Span<char> Room(int length)
    {
        if (_texts.Length - _length < length)
        {
            Grow(ref _texts, _length, Math.Max(2 * _texts.Length, _length + length));
        }

        return _texts.AsSpan(_length, length);
    }

    private static void Grow<T>(ref T[] array, int used, int atLeast)
    {
        var more = new T[atLeast];
        array.AsSpan(0, used).CopyTo(more);
        array.AsSpan(0, used).Clear();
        array = more;
    }
}

/// <summary>Where a clear value of a key is.</summary>
internal readonly record struct ClearKey(MatchKey Key, int Start, int Length);
