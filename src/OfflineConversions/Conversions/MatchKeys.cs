using System.Diagnostics.CodeAnalysis;

namespace OfflineConversions.Conversions;

/// <summary>
/// The match keys of one person as the source sent them: clear text, in order of arrival. Clear match keys exist here
/// and in no later stage.
/// </summary>
public sealed class MatchKeys
{
    /// <summary>The most values of one event. People have a few addresses; a list of a million is an attack.</summary>
    public const int MostValues = 100;

    private readonly List<MatchKeyValue> _values = new(16);

    /// <summary>All values, in the order they were added.</summary>
    public IReadOnlyList<MatchKeyValue> Values => _values;

    /// <summary>Whether values were left out because there were more than <see cref="MostValues"/>.</summary>
    public bool Overflown { get; private set; }

    /// <summary>Whether values were absent although there was text in their place, such as <c>null</c>.</summary>
    public bool HadPlaceholders { get; private set; }

    /// <summary>
    /// Adds one value. <see langword="null"/>, blank text and placeholders are absent; values after
    /// <see cref="MostValues"/> are left out.
    /// </summary>
    /// <returns>Whether there was a value.</returns>
    public bool Add(MatchKey key, string? value)
    {
        if (!IsPresent(value))
        {
            return false;
        }

        Overflown |= _values.Count == MostValues;
        if (_values.Count < MostValues)
        {
            _values.Add(new MatchKeyValue(key, value));
        }

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
            if (Overflown && _values.Count == MostValues)
            {
                break;
            }
        }

        return any;
    }

    /// <summary>Replaces every value of the key; without new values, the old ones stay.</summary>
    public void Replace(MatchKey key, IEnumerable<string> values)
    {
        var present = values.Take(MostValues + 1).Where(IsPresent).ToArray();
        if (present.Length > 0)
        {
            _values.RemoveAll(entry => entry.Key == key);
            AddEach(key, present);
        }
    }

    /// <summary>Removes every value of the key.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(MatchKey key) => _values.RemoveAll(entry => entry.Key == key) > 0;

    private bool IsPresent([NotNullWhen(true)] string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return false;
        }

        var isPlaceholder = Placeholder.Is(value);
        HadPlaceholders |= isPlaceholder;
        return !isPlaceholder;
    }

    /// <summary>Whether the key has a value.</summary>
    public bool Has(MatchKey key)
    {
        foreach (var entry in _values)
        {
            if (entry.Key == key)
            {
                return true;
            }
        }

        return false;
    }
}
