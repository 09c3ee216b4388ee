namespace OfflineConversions.Conversions;

/// <summary>A set of match keys.</summary>
internal readonly record struct MatchKeySet
{
    private readonly uint _bits;

    private MatchKeySet(uint bits) => _bits = bits;

    /// <summary>Whether no key is in the set.</summary>
    public bool IsEmpty => _bits == 0;

    /// <summary>The set of the keys.</summary>
    public static MatchKeySet Of(params ReadOnlySpan<MatchKey> keys)
    {
        var set = default(MatchKeySet);
        foreach (var key in keys)
        {
            set = set.With(key);
        }

        return set;
    }

    /// <summary>Whether the key is in the set.</summary>
    public bool Contains(MatchKey key) => (_bits & (1u << (int)key)) != 0;

    /// <summary>The set with one more key.</summary>
    public MatchKeySet With(MatchKey key) => new(_bits | (1u << (int)key));

    /// <summary>The keys that are in both sets.</summary>
    public MatchKeySet Intersect(MatchKeySet other) => new(_bits & other._bits);

    /// <summary>The keys that are not in the other set.</summary>
    public MatchKeySet Except(MatchKeySet other) => new(_bits & ~other._bits);

    /// <summary>Whether every key of this set is in the other; the empty set is part of every set.</summary>
    public bool IsPartOf(MatchKeySet other) => (_bits & ~other._bits) == 0;
}
