namespace OfflineConversions.Conversions;

/// <summary>
/// An identifier by which Meta can recognise a person. Source: Meta, "Customer Information Parameters".
/// </summary>
public enum MatchKey
{
    Email,
    Phone,
    FirstName,
    LastName,
    Gender,
    DateOfBirth,
    City,
    State,
    Zip,
    Country,
    ExternalId,
    MobileAdvertiserId,
    LeadId,
    ClientIpAddress,
    ClientUserAgent,
    ClickId,
    BrowserId,
    SubscriptionId,
    FacebookLoginId,
    PageId,
    PageScopedUserId,
    ClickToWhatsAppId,
    InstagramAccountId,
    InstagramScopedUserId,
    WhatsAppAccountId,
    AppInstallId,
}

/// <summary>One value of a match key.</summary>
/// <param name="Key">The match key.</param>
/// <param name="Value">Its value, clear or hashed according to the list that contains it.</param>
public readonly record struct MatchKeyValue(MatchKey Key, string Value);
