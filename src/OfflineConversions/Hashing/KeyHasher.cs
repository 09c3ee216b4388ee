using System.Runtime.InteropServices;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Privacy;

namespace OfflineConversions.Hashing;

/// <summary>
/// Normalises the match keys of one person, and hashes those that Meta wants hashed. No later stage receives clear
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
    private readonly List<NormalizedKey> _normalized = new(16);
    private readonly NumberingPlan? _numberingPlan = NumberingPlans.Find(defaultCountry);

    /// <summary>
    /// The usable keys, in order. A value that cannot be used is left out with a warning; never throws.
    /// </summary>
    /// <param name="clear">The keys as the source sent them. Some may be hashes already.</param>
    /// <param name="today">The day of receipt, which limits the year of birth.</param>
    /// <param name="warnings">Receives the codes of <see cref="Warning"/>.</param>
    public HashedKeys Hash(MatchKeys clear, DateOnly today, Warnings warnings)
    {
        var hashed = new HashedKeys();
        _normalized.Clear();
        if (clear.Overflown)
        {
            warnings.Add(Warning.TooManyIdentities);
        }

        for (var i = 0; i < clear.Values.Count; i++)
        {
            var (key, value) = clear.Values[i];
            if (key == MatchKey.DateOfBirth && rules.SplitDateOfBirth)
            {
                hashed.Birthdate ??= Birthdate(value, today, warnings);
            }
            else if (
                (IsHashed(key) ? ToHash(key, value, today, warnings) : AsIs(key, Clear(key, value, warnings))) is
                { } normalized
            )
            {
                _normalized.Add(normalized);
            }
        }

        var keys = CollectionsMarshal.AsSpan(_normalized);
        _sha256.HashEach(keys);
        foreach (var (key, text, _) in keys)
        {
            hashed.Add(key, text);
        }

        return hashed;
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

    private NormalizedKey? ToHash(MatchKey key, string value, DateOnly today, Warnings warnings)
    {
        if (AlreadyHashed.Find(value) is { } hash)
        {
            return AsIs(key, hash);
        }

        if (requireHashed)
        {
            warnings.Add(Warning.UnhashedIdentity);
            return null;
        }

        // An external id that is an e-mail address is hashed already.
        var normalized = Normalized(key, value, today, warnings);
        return normalized is null ? null
            : AlreadyHashed.Find(normalized) is { } hashedId ? AsIs(key, hashedId)
            : new NormalizedKey(key, normalized, ToHash: true);
    }

    private static NormalizedKey? AsIs(MatchKey key, string? finished) =>
        finished is null ? null : new NormalizedKey(key, finished, ToHash: false);

    private HashedBirthdate? Birthdate(string value, DateOnly today, Warnings warnings)
    {
        // A hash of the whole date cannot be split.
        var isHash = AlreadyHashed.Find(value) is not null;
        if (requireHashed && !isHash)
        {
            warnings.Add(Warning.UnhashedIdentity);
            return null;
        }

        var date = isHash ? null : Normalize.Birthdate(value, dateOrder, today);
        return Noted(date, Warning.InvalidBirthdate, warnings) is null
            ? null
            : new HashedBirthdate(_sha256.Hash(date![..4]), _sha256.Hash(date[4..6]), _sha256.Hash(date[6..]));
    }

    private string? Normalized(MatchKey key, string value, DateOnly today, Warnings warnings) =>
        key switch
        {
            MatchKey.Email => Noted(Normalize.Email(value), Warning.InvalidEmail, warnings),
            MatchKey.Phone => Phone(value, warnings),
            MatchKey.FirstName or MatchKey.LastName => Noted(Normalize.Name(value), Warning.InvalidName, warnings),
            MatchKey.Gender => Noted(Normalize.Gender(value), Warning.InvalidGender, warnings),
            MatchKey.DateOfBirth => Noted(
                Normalize.Birthdate(value, dateOrder, today),
                Warning.InvalidBirthdate,
                warnings
            ),
            MatchKey.City => Noted(Normalize.City(value), Warning.InvalidCity, warnings),
            MatchKey.State => Noted(Normalize.State(value), Warning.InvalidState, warnings),
            MatchKey.Zip => Noted(Normalize.Zip(value), Warning.InvalidZip, warnings),
            MatchKey.Country => Noted(Normalize.Country(value), Warning.InvalidCountry, warnings),
            _ => Clear(key, value, warnings),
        };

    private string? Clear(MatchKey key, string value, Warnings warnings) =>
        key switch
        {
            MatchKey.MobileAdvertiserId => Noted(
                Normalize.MobileAdvertiserId(value),
                Warning.InvalidMobileAdvertiserId,
                warnings
            ),
            MatchKey.ClientIpAddress => Noted(Normalize.IpAddress(value), Warning.InvalidIpAddress, warnings),
            MatchKey.ExternalId => ExternalId(value, warnings),
            MatchKey.LeadId => WithoutEmail(Normalize.LeadId(value), warnings),
            _ => WithoutEmail(Normalize.AsGiven(value), warnings),
        };

    // No key that Meta wants in the clear looks like an e-mail address.
    private static string? WithoutEmail(string? value, Warnings warnings) =>
        EmailFinder.FindsIn(value) ? Noted(usable: null, Warning.PersonalDataRemoved, warnings) : value;

    // Shops use e-mail addresses as user ids. A clear one must never be sent, whatever the field is called.
    private string? ExternalId(string value, Warnings warnings)
    {
        var id = Normalize.ExternalId(value);
        if (id is null || !EmailFinder.FindsIn(id))
        {
            return id;
        }

        warnings.Add(Warning.EmailAsExternalId);
        return _sha256.Hash(Normalize.Email(id) ?? id);
    }

    private string? Phone(string value, Warnings warnings)
    {
        var digits = Normalize.Phone(value, _numberingPlan, out var countryCodeMissing);
        if (countryCodeMissing)
        {
            warnings.Add(Warning.PhoneWithoutCountryCode);
        }

        return Noted(digits, Warning.InvalidPhone, warnings);
    }

    private static string? Noted(string? usable, string warning, Warnings warnings)
    {
        if (usable is null)
        {
            warnings.Add(warning);
        }

        return usable;
    }
}
