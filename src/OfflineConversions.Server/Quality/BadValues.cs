using System.Collections.Frozen;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Quality;

/// <summary>The warnings about values that Meta cannot use, and the match key that each is about.</summary>
internal static class BadValues
{
    private static readonly FrozenDictionary<string, MatchKey?> Warnings = new Dictionary<string, MatchKey?>
    {
        [Warning.InvalidEmail] = MatchKey.Email,
        [Warning.InvalidPhone] = MatchKey.Phone,
        [Warning.PhoneWithoutCountryCode] = MatchKey.Phone,
        [Warning.InvalidName] = MatchKey.FirstName,
        [Warning.InvalidGender] = MatchKey.Gender,
        [Warning.InvalidBirthdate] = MatchKey.DateOfBirth,
        [Warning.InvalidCity] = MatchKey.City,
        [Warning.InvalidState] = MatchKey.State,
        [Warning.InvalidZip] = MatchKey.Zip,
        [Warning.InvalidCountry] = MatchKey.Country,
        [Warning.EmailAsExternalId] = MatchKey.ExternalId,
        [Warning.InvalidMobileAdvertiserId] = MatchKey.MobileAdvertiserId,
        [Warning.InvalidLeadId] = MatchKey.LeadId,
        [Warning.InvalidIpAddress] = MatchKey.ClientIpAddress,
        [Warning.MissingUserAgent] = MatchKey.ClientUserAgent,
        [Warning.InvalidClickId] = MatchKey.ClickId,
        [Warning.InvalidBrowserId] = MatchKey.BrowserId,
        [Warning.Placeholder] = null,
        [Warning.UnhashedIdentity] = null,
        [Warning.InvalidTime] = null,
        [Warning.InvalidNumber] = null,
        [Warning.InvalidQuantity] = null,
        [Warning.InvalidContentIds] = null,
        [Warning.NegativeValue] = null,
        [Warning.UnknownCurrency] = null,
        [Warning.ValueWithoutCurrency] = null,
        [Warning.UnknownActionSource] = null,
        [Warning.ContentWithoutId] = null,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a warning is about a bad value.</summary>
    public static bool Includes(string warning) => Warnings.ContainsKey(warning);

    /// <summary>The warnings about the values of a match key.</summary>
    public static IEnumerable<string> Of(string key) =>
        Warnings
            .Where(row => row.Value is { } about && MatchKeyNames.NameOf(about) == key)
            .Select(row => row.Key)
            .Order(StringComparer.Ordinal);
}
