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

    /// <summary>
    /// Adds one value. <see langword="null"/> and blank text are absent; values after <see cref="MostValues"/> are left
    /// out.
    /// </summary>
    public void Add(MatchKey key, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return;
        }

        Overflown |= _values.Count == MostValues;
        if (_values.Count < MostValues)
        {
            _values.Add(new MatchKeyValue(key, value));
        }
    }

    /// <summary>Adds each value. Stops reading at the first that is one too many.</summary>
    /// <returns>Whether there was any value.</returns>
    public bool AddEach(MatchKey key, IEnumerable<string> values)
    {
        var any = false;
        foreach (var value in values)
        {
            any = true;
            Add(key, value);
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
        if (values.Any())
        {
            _values.RemoveAll(entry => entry.Key == key);
            AddEach(key, values);
        }
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
