using System.Runtime.InteropServices;
using OfflineConversions.Conversions;

namespace OfflineConversions.Hashing;

/// <summary>
/// The match keys of one person, normalised and hashed once for all deliveries of the event. Keys that are never hashed
/// (IP address, user agent, click id, browser id, …) are in the form that Meta requires.
/// </summary>
public sealed class HashedKeys
{
    private readonly List<MatchKeyValue> _values = new(16);

    internal HashedKeys() { }

    /// <summary>All usable values. Those of one key are in order of arrival, without duplicates.</summary>
    public IReadOnlyList<MatchKeyValue> Values => _values;

    internal ReadOnlySpan<MatchKeyValue> Span => CollectionsMarshal.AsSpan(_values);

    /// <summary>The keys with at least one usable value.</summary>
    internal MatchKeySet Present { get; private set; }

    /// <summary>The hashed date of birth in parts, for a shape that splits it.</summary>
    internal HashedBirthdate? Birthdate { get; set; }

    /// <summary>Whether the key has a usable value.</summary>
    public bool Has(MatchKey key) => Present.Contains(key);

    /// <summary>Adds a finished value, unless the key already has it.</summary>
    internal void Add(MatchKey key, string value)
    {
        var entry = new MatchKeyValue(key, value);
        if (!_values.Contains(entry))
        {
            _values.Add(entry);
            Present = Present.With(key);
        }
    }

    /// <summary>Whether the key has more than one usable value.</summary>
    internal bool HasSeveral(MatchKey key)
    {
        var count = 0;
        foreach (var entry in Span)
        {
            count += entry.Key == key ? 1 : 0;
        }

        return count > 1;
    }
}

/// <summary>A date of birth in parts, each hashed separately.</summary>
/// <param name="Year">Four digits, hashed.</param>
/// <param name="Month">Two digits, hashed.</param>
/// <param name="Day">Two digits, hashed.</param>
internal readonly record struct HashedBirthdate(string Year, string Month, string Day);
