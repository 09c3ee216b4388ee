using System.Runtime.InteropServices;
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
    private readonly List<NormalizedKey> _normalized = new(16);
    private readonly KeyNormalizer _normalizer = new(defaultCountry, dateOrder, hashExternalId);

    /// <summary>How much memory it keeps for values.</summary>
    public int KeptBytes => _hashed.KeptBytes;

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
        _normalized.Clear();
        if (clear.Overflown)
        {
            warnings.Add(Warning.TooManyIdentities);
        }

        if (clear.HadPlaceholders)
        {
            warnings.Add(Warning.Placeholder);
        }

        for (var i = 0; i < clear.Values.Count; i++)
        {
            var (key, value) = clear.Values[i];
            if (key == MatchKey.DateOfBirth && rules.SplitDateOfBirth)
            {
                _hashed.Birthdate ??= Birthdate(value, warnings);
            }
            else if (
                (IsHashed(key) ? ToHash(key, value, warnings) : AsIs(key, _normalizer.Clear(key, value))) is
                { } normalized
            )
            {
                _normalized.Add(normalized);
            }
        }

        var keys = CollectionsMarshal.AsSpan(_normalized);
        if (_hashes.Length < keys.Length * Sha256Hex.Length)
        {
            _hashes = new byte[keys.Length * Sha256Hex.Length];
        }

        _sha256.HashEach(keys, _hashes);
        for (var place = 0; place < keys.Length; place++)
        {
            if (keys[place].ToHash)
            {
                _hashed.Add(keys[place].Key, _hashes.AsSpan(place * Sha256Hex.Length, Sha256Hex.Length));
            }
            else
            {
                _hashed.Add(keys[place].Key, keys[place].Text);
            }
        }

        return _hashed;
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

    private NormalizedKey? ToHash(MatchKey key, string value, Warnings warnings)
    {
        if (AlreadyHashed.Find(value) is { } hash)
        {
            return AsIs(key, hash);
        }

        // Meta matches no other hash, and the hash of a hash matches nothing.
        if (AlreadyHashed.IsOther(value))
        {
            return AsIs(key, _normalizer.OtherHash(key, value));
        }

        if (requireHashed)
        {
            warnings.Add(Warning.UnhashedIdentity);
            return null;
        }

        // An external id that is an e-mail address is hashed already.
        var normalized = _normalizer.ToHash(key, value);
        return normalized is null ? null
            : AlreadyHashed.Find(normalized) is { } hashedId ? AsIs(key, hashedId)
            : new NormalizedKey(key, normalized, ToHash: true);
    }

    private static NormalizedKey? AsIs(MatchKey key, string? finished) =>
        finished is null ? null : new NormalizedKey(key, finished, ToHash: false);

    private HashedBirthdate? Birthdate(string value, Warnings warnings)
    {
        // A hash of the whole date cannot be split.
        var isHash = AlreadyHashed.Find(value) is not null || AlreadyHashed.IsOther(value);
        if (requireHashed && !isHash)
        {
            warnings.Add(Warning.UnhashedIdentity);
            return null;
        }

        return _normalizer.Birthdate(isHash ? string.Empty : value) is { } date
            ? new HashedBirthdate(Sha256Hex.Of(date[..4]), Sha256Hex.Of(date[4..6]), Sha256Hex.Of(date[6..]))
            : null;
    }
}
