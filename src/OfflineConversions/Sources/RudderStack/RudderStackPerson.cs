using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.RudderStack;

/// <summary>Who a RudderStack event is about.</summary>
internal static class RudderStackPerson
{
    private const string LeadIdType = "LeadId";

    /// <summary>Adds every match key of the event.</summary>
    public static void AddTo(MatchKeys keys, FieldValues fields)
    {
        fields.AddTo(keys, MatchKey.Email, Field.Email);
        fields.AddTo(keys, MatchKey.Phone, Field.Phone);
        fields.AddTo(keys, MatchKey.Gender, Field.Gender);
        fields.AddTo(keys, MatchKey.DateOfBirth, Field.Birthdate);
        fields.AddTo(keys, MatchKey.FirstName, Field.FirstName);
        fields.AddTo(keys, MatchKey.LastName, Field.LastName);
        fields.AddTo(keys, MatchKey.City, Field.City);
        fields.AddTo(keys, MatchKey.State, Field.State);
        fields.AddTo(keys, MatchKey.Zip, Field.Zip);
        fields.AddTo(keys, MatchKey.Country, Field.Country);
        fields.AddTo(keys, MatchKey.ExternalId, Field.ExternalId);
        fields.AddTo(keys, MatchKey.MobileAdvertiserId, Field.MobileAdvertiserId);
        fields.AddTo(keys, MatchKey.ClientUserAgent, Field.ClientUserAgent);
        fields.AddTo(keys, MatchKey.ClientIpAddress, Field.ClientIpAddress);
        fields.AddTo(keys, MatchKey.BrowserId, Field.BrowserId);
        fields.AddTo(keys, MatchKey.ClickId, Field.ClickId);
        AddName(keys, fields.Text(Field.Name));
        AddExternalIds(keys, fields.Element(Field.ExternalIds));
    }

    // A name of one word cannot be split. The separate fields win.
    private static void AddName(MatchKeys keys, string? name)
    {
        if (PersonName.Split(name) is (var first, { } last))
        {
            PersonName.AddMissing(keys, first, last);
        }
    }

    private static void AddExternalIds(MatchKeys keys, JsonPart externalIds)
    {
        if (externalIds.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        var first = true;
        foreach (var entry in externalIds.EnumerateArray())
        {
            var id = JsonText.Of(JsonText.Member(entry, "id"));
            if (
                string.Equals(
                    JsonText.Of(JsonText.Member(entry, "type")),
                    LeadIdType,
                    StringComparison.OrdinalIgnoreCase
                )
            )
            {
                keys.Add(MatchKey.LeadId, id);
            }
            else if (first && id is not null && id.Contains('@') && !keys.Has(MatchKey.Email))
            {
                keys.Add(MatchKey.Email, id);
            }

            first = false;
        }
    }
}
