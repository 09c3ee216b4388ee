using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.Segment;

/// <summary>Who a Segment event is about. The anonymous id is not a match key.</summary>
internal static class SegmentPerson
{
    /// <summary>Adds every match key of the event.</summary>
    public static void AddTo(MatchKeys keys, FieldValues fields, SegmentDestinationOptions destination)
    {
        fields.AddTo(keys, MatchKey.Email, Field.Email);
        fields.AddTo(keys, MatchKey.Email, Field.Emails);
        AddUserIdAsEmail(keys, fields);
        fields.AddTo(keys, MatchKey.Phone, Field.Phone);
        fields.AddTo(keys, MatchKey.Phone, Field.Phones);
        fields.AddTo(keys, MatchKey.Gender, Field.Gender);
        fields.AddTo(keys, MatchKey.FirstName, Field.FirstName);
        fields.AddTo(keys, MatchKey.LastName, Field.LastName);
        fields.AddTo(keys, MatchKey.City, Field.City);
        fields.AddTo(keys, MatchKey.State, Field.State);
        fields.AddTo(keys, MatchKey.Zip, Field.Zip);
        fields.AddTo(keys, MatchKey.Country, Field.Country);
        fields.AddTo(keys, MatchKey.ExternalId, Field.ExternalId);
        fields.AddTo(keys, MatchKey.MobileAdvertiserId, Field.MobileAdvertiserId);
        fields.AddTo(keys, MatchKey.ClientIpAddress, Field.ClientIpAddress);
        fields.AddTo(keys, MatchKey.ClientUserAgent, Field.ClientUserAgent);
        fields.AddTo(keys, MatchKey.ClickId, Field.ClickId);
        fields.AddTo(keys, MatchKey.BrowserId, Field.BrowserId);
        keys.Add(MatchKey.LeadId, JsonText.Of(destination.Member("leadId")));
        if (PersonName.Split(fields.Text(Field.Name)) is var (first, rest))
        {
            PersonName.AddMissing(keys, first, rest);
        }
    }

    // Shops use e-mail addresses as user ids.
    private static void AddUserIdAsEmail(MatchKeys keys, FieldValues fields)
    {
        if (fields.Text(Field.ExternalId) is { } userId && Normalize.Email(userId) is not null)
        {
            keys.AddFirst(MatchKey.Email, userId);
        }
    }
}
