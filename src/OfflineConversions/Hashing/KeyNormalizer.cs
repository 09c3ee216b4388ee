using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Privacy;

namespace OfflineConversions.Hashing;

/// <summary>
/// Normalises the match keys of one event after another, and notes each that cannot be used: the result is empty then.
/// A result is valid until the scratch is cleared. Not thread-safe: it keeps what the current event needs.
/// </summary>
internal sealed class KeyNormalizer(string? defaultCountry, DateOrder dateOrder, bool hashExternalId)
{
    private static readonly string HashOfUnitedStates = Sha256Hex.Of("us");

    private readonly NumberingPlan? _numberingPlan = NumberingPlans.Find(defaultCountry);
    private readonly bool _isUnitedStatesByDefault =
        defaultCountry is not null && IsUnitedStates(Normalize.Country(defaultCountry));

    private Warnings _warnings = new();
    private MatchKeys _keys = new();
    private DateOnly _today;
    private DateTimeOffset _eventTime;

    /// <summary>Contains results. The caller clears it after each value.</summary>
    public KeyScratch Scratch { get; } = new();

    /// <summary>Begins with the keys of an event.</summary>
    public void Begin(MatchKeys keys, DateTimeOffset receivedAt, DateTimeOffset? eventTime, Warnings warnings)
    {
        (_keys, _warnings) = (keys, warnings);
        _today = DateOnly.FromDateTime(receivedAt.UtcDateTime);

        // An event of the future is sent with the time of its receipt.
        _eventTime = eventTime < receivedAt ? eventTime.Value : receivedAt;
    }

    /// <summary>The value of a key that is hashed afterwards.</summary>
    public ReadOnlySpan<char> ToHash(MatchKey key, ReadOnlySpan<char> value) =>
        key switch
        {
            MatchKey.Email => Noted(Normalize.Email(value, Scratch), Warning.InvalidEmail),
            MatchKey.Phone => Phone(value),
            MatchKey.FirstName or MatchKey.LastName => Noted(Normalize.Name(value, Scratch), Warning.InvalidName),
            MatchKey.Gender => Noted(Normalize.Gender(value, Scratch), Warning.InvalidGender),
            MatchKey.DateOfBirth => Birthdate(value),
            MatchKey.City => Noted(Normalize.City(value, Scratch), Warning.InvalidCity),
            MatchKey.State => Noted(Normalize.State(value, Scratch), Warning.InvalidState),
            MatchKey.Zip => Noted(Zip(value), Warning.InvalidZip),
            MatchKey.Country => Noted(Normalize.Country(value, Scratch), Warning.InvalidCountry),
            _ => Clear(key, value),
        };

    /// <summary>The value of a key that is sent as it is.</summary>
    public ReadOnlySpan<char> Clear(MatchKey key, ReadOnlySpan<char> value)
    {
        switch (key)
        {
            case MatchKey.MobileAdvertiserId:
                return Noted(Normalize.MobileAdvertiserId(value, Scratch), Warning.InvalidMobileAdvertiserId);
            case MatchKey.ClientIpAddress:
                return Noted(Normalize.IpAddress(value), Warning.InvalidIpAddress);
            case MatchKey.ExternalId:
                return ExternalId(value);
            case var _ when EmailFinder.FindsIn(value):
                // No other key that Meta accepts in the clear can be an e-mail address.
                return Noted(usable: default, Warning.PersonalDataRemoved);
            case MatchKey.ClientUserAgent when AlreadyHashed.Is(value):
                // Meta refuses a hashed user agent.
                return Noted(usable: default, Warning.PersonalDataRemoved);
            case MatchKey.LeadId:
                return Noted(Normalize.LeadId(value), Warning.InvalidLeadId);
            case MatchKey.ClickId:
                return Noted(Normalize.ClickId(value, _eventTime), Warning.InvalidClickId);
            case MatchKey.BrowserId:
                return Noted(Normalize.BrowserId(value), Warning.InvalidBrowserId);
            default:
                return Normalize.AsGiven(value);
        }
    }

    /// <summary>
    /// What remains of a hash that Meta does not match: nothing, except of an external id, which is whatever the pixel
    /// sends.
    /// </summary>
    public ReadOnlySpan<char> OtherHash(MatchKey key, ReadOnlySpan<char> value) =>
        key == MatchKey.ExternalId
            ? Normalize.ExternalIdToHash(value, Scratch)
            : Noted(usable: default, InvalidCode(key));

    /// <summary>The date of birth.</summary>
    public ReadOnlySpan<char> Birthdate(ReadOnlySpan<char> value) =>
        Noted(Normalize.Birthdate(value, dateOrder, _today, Scratch), Warning.InvalidBirthdate);

    private static string InvalidCode(MatchKey key) =>
        key switch
        {
            MatchKey.Email => Warning.InvalidEmail,
            MatchKey.Phone => Warning.InvalidPhone,
            MatchKey.Gender => Warning.InvalidGender,
            MatchKey.DateOfBirth => Warning.InvalidBirthdate,
            MatchKey.City => Warning.InvalidCity,
            MatchKey.State => Warning.InvalidState,
            MatchKey.Zip => Warning.InvalidZip,
            MatchKey.Country => Warning.InvalidCountry,
            MatchKey.MobileAdvertiserId => Warning.InvalidMobileAdvertiserId,
            _ => Warning.InvalidName,
        };

    // Shops use e-mail addresses as user ids. A clear one must never be sent, whatever the field is called.
    private ReadOnlySpan<char> ExternalId(ReadOnlySpan<char> value)
    {
        var id = Normalize.ExternalId(value);
        if (!EmailFinder.FindsIn(id))
        {
            return hashExternalId ? Normalize.ExternalIdToHash(id, Scratch) : id;
        }

        _warnings.Add(Warning.EmailAsExternalId);
        var email = Normalize.Email(id, Scratch);
        return Sha256Hex.Of((email.IsEmpty ? id : email).ToString());
    }

    private ReadOnlySpan<char> Phone(ReadOnlySpan<char> value)
    {
        var digits = Normalize.Phone(value, _numberingPlan, Scratch, out var countryCodeMissing);
        if (countryCodeMissing)
        {
            _warnings.Add(Warning.PhoneWithoutCountryCode);
        }

        return Noted(digits, Warning.InvalidPhone);
    }

    // Five digits mean the same everywhere.
    private ReadOnlySpan<char> Zip(ReadOnlySpan<char> value) =>
        value.Length == 5 && !value.ContainsAnyExceptInRange('0', '9')
            ? value
            : Normalize.Zip(value, IsUnitedStates(), Scratch);

    // The country decides how a zip is read, wherever it is among the keys.
    private bool IsUnitedStates()
    {
        if (!_keys.Has(MatchKey.Country))
        {
            return _isUnitedStatesByDefault;
        }

        foreach (var entry in _keys.Entries)
        {
            if (entry.Key == MatchKey.Country)
            {
                var value = _keys.ValueOf(entry);
                if (
                    IsUnitedStates(Normalize.Country(value, Scratch))
                    || AlreadyHashed.Find(value, Scratch).SequenceEqual(HashOfUnitedStates)
                )
                {
                    return true;
                }
            }
        }

        return false;
    }

    // The territories have zips of the US.
    private static bool IsUnitedStates(ReadOnlySpan<char> country) =>
        country is "us" or "pr" or "vi" or "gu" or "as" or "mp";

    private ReadOnlySpan<char> Noted(ReadOnlySpan<char> usable, string warning)
    {
        if (usable.IsEmpty)
        {
            _warnings.Add(warning);
        }

        return usable;
    }
}
