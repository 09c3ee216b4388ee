using System.Runtime.InteropServices;
using OfflineConversions.Conversions;

namespace OfflineConversions.Hashing;

/// <summary>
/// The match keys of one person, normalised and hashed once for all deliveries of the event: what may leave the mapper.
/// Keys that are never hashed (IP address, user agent, click and browser id, …) stand as Meta wants them.
/// </summary>
public sealed class HashedKeys
{
    private readonly List<(MatchKey Key, string Value)> _values = new(16);
    private uint _present;

    /// <summary>All usable values; several of one key stand in order of arrival, without duplicates.</summary>
    public IReadOnlyList<(MatchKey Key, string Value)> Values => _values;

    internal ReadOnlySpan<(MatchKey Key, string Value)> Span => CollectionsMarshal.AsSpan(_values);

    /// <summary>The three hashed parts of the birth date, for the legacy shape only.</summary>
    public (string Year, string Month, string Day)? BirthdateParts { get; set; }

    /// <summary>Adds a finished value unless the key already holds it.</summary>
    public void Add(MatchKey key, string value)
    {
        if (!_values.Contains((key, value)))
        {
            _values.Add((key, value));
            _present |= 1u << (int)key;
        }
    }

    /// <summary>Whether the key has a usable value.</summary>
    public bool Has(MatchKey key) => (_present & (1u << (int)key)) != 0;

    /// <summary>Whether the key has more than one usable value.</summary>
    public bool HasSeveral(MatchKey key)
    {
        var count = 0;
        foreach (var entry in Span)
        {
            count += entry.Key == key ? 1 : 0;
        }

        return count > 1;
    }
}
