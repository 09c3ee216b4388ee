using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Hashing;

/// <summary>
/// Normalises the match keys of one person, and hashes those that Meta requires hashed. No later stage receives clear
/// match keys. Not thread-safe: it reuses its buffers.
/// </summary>
/// <param name="rules">What the shape of the payload requires.</param>
/// <param name="defaultCountry">
/// ISO 3166-1 alpha-2 that completes phone numbers without country code, or <see langword="null"/>.
/// </param>
/// <param name="dateOrder">How an ambiguous date of birth is read.</param>
/// <param name="hashExternalId">Hash <c>external_id</c> too.</param>
/// <param name="requireHashed">Values must arrive hashed; a clear one is left out.</param>
internal sealed class KeyHasher(
    HashingRules rules,
    string? defaultCountry,
    DateOrder dateOrder,
    bool hashExternalId,
    bool requireHashed
)
{
    private readonly Sha256Hex _sha256 = new();
    private readonly HashedKeys _hashed = new();
    private byte[] _hashes = [];
    private readonly NormalizedKeys _normalized = new();
    private readonly KeyNormalizer _normalizer = new(defaultCountry, dateOrder, hashExternalId);

    /// <summary>How much memory it keeps for values.</summary>
    public int KeptBytes => _hashed.KeptBytes + _normalized.KeptBytes;

    /// <summary>
    /// The usable keys, in order, until the next call. A value that cannot be used is left out with a warning; never
    /// throws.
    /// </summary>
    /// <param name="clear">The keys as the source sent them. Some may be hashes already.</param>
    /// <param name="receivedAt">When the event was received, which limits the year of birth.</param>
    /// <param name="eventTime">When it happened, which limits the age of a click.</param>
    /// <param name="warnings">Receives the codes of <see cref="Warning"/>.</param>
    public HashedKeys Hash(MatchKeys clear, DateTimeOffset receivedAt, DateTimeOffset? eventTime, Warnings warnings)
    {
        _hashed.Clear();
        _normalizer.Begin(clear, receivedAt, eventTime, warnings);
        if (clear.Overflown)
        {
            warnings.Add(Warning.TooManyIdentities);
        }

        if (clear.HadPlaceholders)
        {
            warnings.Add(Warning.Placeholder);
        }

        foreach (var entry in clear.Entries)
        {
            var key = entry.Key;
            var value = clear.ValueOf(entry);
            if (key == MatchKey.DateOfBirth && rules.SplitDateOfBirth)
            {
                _hashed.Birthdate ??= Birthdate(value, warnings);
            }
            else if (IsHashed(key))
            {
                AddHashed(key, value, warnings);
            }
            else
            {
                Add(key, _normalizer.Clear(key, value), toHash: false);
            }

            _normalizer.Scratch.Clear();
        }

        HashNormalized();
        return _hashed;
    }

    /// <summary>Forgets the person of the last call.</summary>
    public void Clear()
    {
        _hashed.Clear();
        _sha256.Clear();
        _hashes.AsSpan().Clear();
    }

    private void HashNormalized()
    {
        var entries = _normalized.Entries;
        if (_hashes.Length < entries.Length * Sha256Hex.Length)
        {
            _hashes = new byte[entries.Length * Sha256Hex.Length];
        }

        _sha256.HashEach(_normalized, _hashes);
        for (var place = 0; place < entries.Length; place++)
        {
            var entry = entries[place];
            _hashed.Add(
                entry.Key,
                entry.ToHash ? _hashes.AsSpan(place * Sha256Hex.Length, Sha256Hex.Length) : _normalized.ValueOf(entry)
            );
        }

        _normalized.Clear();
    }

    // Source: Meta, "Customer Information Parameters", column "Hashing required"; the legacy shape hashes the
    // advertiser id as well.
    private bool IsHashed(MatchKey key) =>
        key switch
        {
            MatchKey.Email
            or MatchKey.Phone
            or MatchKey.FirstName
            or MatchKey.LastName
            or MatchKey.Gender
            or MatchKey.DateOfBirth
            or MatchKey.City
            or MatchKey.State
            or MatchKey.Zip
            or MatchKey.Country => true,
            MatchKey.MobileAdvertiserId => rules.HashMobileAdvertiserId,
            MatchKey.ExternalId => hashExternalId,
            _ => false,
        };

    private void AddHashed(MatchKey key, ReadOnlySpan<char> value, Warnings warnings)
    {
        var hash = AlreadyHashed.Find(value, _normalizer.Scratch);
        if (!hash.IsEmpty)
        {
            Add(key, hash, toHash: false);
        }
        else if (AlreadyHashed.IsOther(value))
        {
            // Meta matches no other hash, and the hash of a hash matches nothing.
            Add(key, _normalizer.OtherHash(key, value), toHash: false);
        }
        else if (requireHashed)
        {
            warnings.Add(Warning.UnhashedIdentity);
        }
        else
        {
            // An external id that is an e-mail address is hashed already.
            var normalized = _normalizer.ToHash(key, value);
            Add(key, normalized, toHash: !AlreadyHashed.Is(normalized));
        }
    }

    private void Add(MatchKey key, ReadOnlySpan<char> normalized, bool toHash)
    {
        if (!normalized.IsEmpty)
        {
            _normalized.Add(key, normalized, toHash);
        }
    }

    private HashedBirthdate? Birthdate(ReadOnlySpan<char> value, Warnings warnings)
    {
        // A hash of the whole date cannot be split.
        var isHash = AlreadyHashed.Is(value) || AlreadyHashed.IsOther(value);
        if (requireHashed && !isHash)
        {
            warnings.Add(Warning.UnhashedIdentity);
            return null;
        }

        var date = _normalizer.Birthdate(isHash ? default : value).ToString();
        return date.Length > 0
            ? new HashedBirthdate(Sha256Hex.Of(date[..4]), Sha256Hex.Of(date[4..6]), Sha256Hex.Of(date[6..]))
            : null;
    }
}
