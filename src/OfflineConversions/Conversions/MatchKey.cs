namespace OfflineConversions.Conversions;

/// <summary>
/// What Meta can recognise a person by. How each key is written and whether it is hashed stands in
/// <c>MatchKeyTable</c>. Source: Meta, "Customer Information Parameters".
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
}
