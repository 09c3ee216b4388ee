using System.Text.Json;
using OfflineConversions.Conversions;

namespace OfflineConversions.Targets.Meta;

/// <summary>How one match key is written in either shape.</summary>
/// <param name="Key">The match key.</param>
/// <param name="UserDataName">Its name in <c>user_data</c> of the Conversions API.</param>
/// <param name="MatchKeyName">
/// Its name in <c>match_keys</c> of the legacy shape; <see langword="null"/> where that has none.
/// </param>
/// <param name="UserDataList">Whether it is always a list in <c>user_data</c>.</param>
/// <param name="MatchKeyList">Whether it is a list in <c>match_keys</c>; the others are one text.</param>
public sealed record MatchKeyRow(
    MatchKey Key,
    string UserDataName,
    string? MatchKeyName,
    bool UserDataList = false,
    bool MatchKeyList = false
)
{
    // Encoded once: the names are written for every event.
    internal JsonEncodedText UserData { get; } = JsonEncodedText.Encode(UserDataName);

    internal JsonEncodedText? MatchKeys { get; } = MatchKeyName is null ? null : JsonEncodedText.Encode(MatchKeyName);
}

/// <summary>
/// The names of the match keys. Sources: Meta, "Customer Information Parameters"; Meta, "Offline Conversions API",
/// match keys.
/// </summary>
public static class MatchKeyTable
{
    /// <summary>All rows, in the order in which they are written.</summary>
    public static readonly IReadOnlyList<MatchKeyRow> Rows =
    [
        new(MatchKey.Email, "em", "email", UserDataList: true, MatchKeyList: true),
        new(MatchKey.Phone, "ph", "phone", UserDataList: true, MatchKeyList: true),
        new(MatchKey.FirstName, "fn", "fn"),
        new(MatchKey.LastName, "ln", "ln"),
        new(MatchKey.Gender, "ge", "gen"),
        new(MatchKey.DateOfBirth, "db", MatchKeyName: null), // the legacy shape has doby, dobm and dobd instead
        new(MatchKey.City, "ct", "ct"),
        new(MatchKey.State, "st", "st", MatchKeyList: true),
        new(MatchKey.Zip, "zp", "zip", MatchKeyList: true),
        new(MatchKey.Country, "country", "country"),
        new(MatchKey.ExternalId, "external_id", "extern_id", UserDataList: true),
        new(MatchKey.MobileAdvertiserId, "madid", "madid"),
        new(MatchKey.LeadId, "lead_id", "lead_id"),
        new(MatchKey.ClientIpAddress, "client_ip_address", MatchKeyName: null),
        new(MatchKey.ClientUserAgent, "client_user_agent", "client_user_agent"),
        new(MatchKey.ClickId, "fbc", "fbc"),
        new(MatchKey.BrowserId, "fbp", "fbp"),
        new(MatchKey.SubscriptionId, "subscription_id", MatchKeyName: null),
        new(MatchKey.FacebookLoginId, "fb_login_id", MatchKeyName: null),
    ];
}
