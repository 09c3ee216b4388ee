using System.Runtime.InteropServices;
using System.Text;
using OfflineConversions.Conversions;

namespace OfflineConversions.Hashing;

/// <summary>
/// The match keys of one person, normalised and hashed once for all deliveries of the event. Keys that are never hashed
/// (IP address, user agent, click id, browser id, …) are in the form that Meta requires.
/// </summary>
internal sealed class HashedKeys
{
    private const int UsualBytes = 2048;

    private readonly List<HashedKey> _entries = new(16);
    private byte[] _utf8 = new byte[UsualBytes];
    private readonly int[] _first = new int[Enum.GetValues<MatchKey>().Length];
    private MatchKeySet _several;
    private int _length;

    internal HashedKeys() { }

    /// <summary>All usable values. Those of one key are in order of arrival, without duplicates.</summary>
    public IReadOnlyList<MatchKeyValue> Values =>
        [.. _entries.Select(entry => new MatchKeyValue(entry.Key, Encoding.UTF8.GetString(ValueOf(entry))))];

    /// <summary>How much memory it keeps.</summary>
    internal int KeptBytes => _utf8.Length;

    internal ReadOnlySpan<HashedKey> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>The keys with at least one usable value.</summary>
    internal MatchKeySet Present { get; private set; }

    /// <summary>The hashed date of birth in parts, for a shape that splits it.</summary>
    internal HashedBirthdate? Birthdate { get; set; }

    /// <summary>Whether the key has a usable value.</summary>
    public bool Has(MatchKey key) => Present.Contains(key);

    /// <summary>The keys with a usable value that a shape writes, the date of birth in parts included.</summary>
    /// <param name="named">The keys that the shape has a name for.</param>
    internal MatchKeySet WrittenIn(MatchKeySet named) =>
        (Birthdate is null ? Present : Present.With(MatchKey.DateOfBirth)).Intersect(named);

    /// <summary>A value in UTF-8.</summary>
    internal ReadOnlySpan<byte> ValueOf(in HashedKey entry) => _utf8.AsSpan(entry.Start, entry.Length);

    /// <summary>Adds a finished value in UTF-8, unless the key already has it.</summary>
    internal void Add(MatchKey key, ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_utf8.AsSpan(_length));
        Add(key, value.Length);
    }

    /// <summary>Forgets everything, but keeps the memory.</summary>
    internal void Clear()
    {
        _utf8.AsSpan(0, _length).Clear();
        _entries.Clear();
        _length = 0;
        (Present, _several) = (default, default);
        Birthdate = null;
    }

    private void Add(MatchKey key, int length)
    {
        var added = new HashedKey(key, _length, length);
        if (!Present.Contains(key))
        {
            _first[(int)key] = _entries.Count;
        }
        else if (HasValue(added))
        {
            return;
        }
        else
        {
            _several = _several.With(key);
        }

        _entries.Add(added);
        _length += length;
        Present = Present.With(key);
    }

    private bool HasValue(in HashedKey added)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key == added.Key && ValueOf(entry).SequenceEqual(ValueOf(added)))
            {
                return true;
            }
        }

        return false;
    }

    private void Reserve(int bytes)
    {
        if (_utf8.Length - _length < bytes)
        {
            Array.Resize(ref _utf8, Math.Max(2 * _utf8.Length, _length + bytes));
        }
    }

    /// <summary>Whether the key has more than one usable value.</summary>
    internal bool HasSeveral(MatchKey key) => _several.Contains(key);

    /// <summary>The first value of a key, which must have one.</summary>
    internal ReadOnlySpan<byte> FirstOf(MatchKey key)
    {
        var first = _entries[_first[(int)key]];
        return _utf8.AsSpan(first.Start, first.Length);
    }
}

/// <summary>Where one value of a key is.</summary>
internal readonly record struct HashedKey(MatchKey Key, int Start, int Length);

/// <summary>A date of birth in parts, each hashed separately.</summary>
/// <param name="Year">Four digits, hashed.</param>
/// <param name="Month">Two digits, hashed.</param>
/// <param name="Day">Two digits, hashed.</param>
internal readonly record struct HashedBirthdate(string Year, string Month, string Day);
