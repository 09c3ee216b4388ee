using OfflineConversions.Conversions;

namespace OfflineConversions.Payload;

/// <summary>How one match key is written in either shape.</summary>
/// <param name="Key">The match key.</param>
/// <param name="UserDataName">Its name in <c>user_data</c> of the Conversions API.</param>
/// <param name="MatchKeyName">Its name in <c>match_keys</c> of the legacy shape; <see langword="null"/> where that has none.</param>
/// <param name="UserDataList">Whether it is always a list in <c>user_data</c>.</param>
/// <param name="UserDataOne">Whether <c>user_data</c> takes one value only; further ones are left out, for Meta refuses a list.</param>
/// <param name="MatchKeyList">Whether it is a list in <c>match_keys</c>; the others are one text.</param>
public sealed record MatchKeyRow(MatchKey Key, string UserDataName, string? MatchKeyName, bool UserDataList = false, bool UserDataOne = false, bool MatchKeyList = false);

/// <summary>The names of the match keys. Sources: Meta, "Customer Information Parameters"; Meta, "Offline Conversions API", match keys.</summary>
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
        new(MatchKey.MobileAdvertiserId, "madid", "madid", UserDataOne: true),
        new(MatchKey.LeadId, "lead_id", "lead_id", UserDataOne: true),
        new(MatchKey.ClientIpAddress, "client_ip_address", MatchKeyName: null, UserDataOne: true),
        new(MatchKey.ClientUserAgent, "client_user_agent", "client_user_agent", UserDataOne: true),
        new(MatchKey.ClickId, "fbc", "fbc", UserDataOne: true),
        new(MatchKey.BrowserId, "fbp", "fbp", UserDataOne: true),
        new(MatchKey.SubscriptionId, "subscription_id", MatchKeyName: null, UserDataOne: true),
        new(MatchKey.FacebookLoginId, "fb_login_id", MatchKeyName: null, UserDataOne: true),
    ];
}
