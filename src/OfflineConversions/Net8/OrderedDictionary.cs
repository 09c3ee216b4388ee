using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace OfflineConversions.Net8;

/// <summary>As much of the later dictionary as is used here: it keeps the order in which keys were added.</summary>
internal sealed class OrderedDictionary<TKey, TValue>(IEqualityComparer<TKey>? comparer)
    : IReadOnlyList<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> _places = new(comparer);
    private readonly List<KeyValuePair<TKey, TValue>> _entries = [];

    public OrderedDictionary()
        : this(comparer: null) { }

    public int Count => _entries.Count;

    public IEnumerable<TKey> Keys => _entries.Select(entry => entry.Key);

    public KeyValuePair<TKey, TValue> this[int index] => _entries[index];

    public TValue this[TKey key]
    {
        get => _entries[_places[key]].Value;
        set
        {
            if (_places.TryGetValue(key, out var place))
            {
                _entries[place] = new(key, value);
                return;
            }

            _places.Add(key, _entries.Count);
            _entries.Add(new(key, value));
        }
    }

    public bool ContainsKey(TKey key) => _places.ContainsKey(key);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var found = _places.TryGetValue(key, out var place);
        value = found ? _entries[place].Value : default;
        return found;
    }

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
