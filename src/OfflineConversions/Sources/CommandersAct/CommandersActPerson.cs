using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>Who a Commanders Act event is about, and whether that is enough.</summary>
internal static class CommandersActPerson
{
    private static readonly MatchKey[] EnoughAlone =
    [
        MatchKey.Email,
        MatchKey.Phone,
        MatchKey.ExternalId,
        MatchKey.BrowserId,
        MatchKey.ClickId,
    ];

    private static readonly MatchKey[] Others =
    [
        MatchKey.Gender,
        MatchKey.DateOfBirth,
        MatchKey.LastName,
        MatchKey.FirstName,
        MatchKey.City,
        MatchKey.State,
        MatchKey.Zip,
        MatchKey.Country,
        MatchKey.ClientIpAddress,
        MatchKey.ClientUserAgent,
    ];

    /// <summary>Adds every match key of the event.</summary>
    public static void AddTo(MatchKeys keys, FieldValues fields)
    {
        fields.AddTo(keys, MatchKey.ExternalId, Field.ExternalId);
        fields.AddTo(keys, MatchKey.Email, Field.Email);
        fields.AddTo(keys, MatchKey.Phone, Field.Phone);
        fields.AddTo(keys, MatchKey.Gender, Field.Gender);
        fields.AddTo(keys, MatchKey.DateOfBirth, Field.Birthdate);
        fields.AddTo(keys, MatchKey.LastName, Field.LastName);
        fields.AddTo(keys, MatchKey.FirstName, Field.FirstName);
        fields.AddTo(keys, MatchKey.City, Field.City);
        fields.AddTo(keys, MatchKey.State, Field.State);
        fields.AddTo(keys, MatchKey.Zip, Field.Zip);
        fields.AddTo(keys, MatchKey.Country, Field.Country);
        fields.AddTo(keys, MatchKey.ClientIpAddress, Field.ClientIpAddress);
        fields.AddTo(keys, MatchKey.ClientUserAgent, Field.ClientUserAgent);
        CommandersActCookies.AddTo(keys, fields);
    }

    /// <summary>
    /// The connector's minimal required information: one key that is sufficient alone, or three of the others.
    /// </summary>
    public static string? Judge(HashedKeys keys) =>
        EnoughAlone.Any(keys.Has) || Others.Count(keys.Has) >= 3 ? null : Reason.BelowMinimumInformation;
}
