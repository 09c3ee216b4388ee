using System.Collections.Frozen;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// The offline-events API, which gateways and emulators still accept. Source: Meta, "Offline Conversions API".
/// </summary>
internal sealed class OfflineEventsShape : IMetaShape
{
    /// <summary>The keys of <c>match_keys</c> in writing order; the date of birth follows in parts.</summary>
    public static MatchKeyName[] MatchKeys { get; } =
    [
        new(MatchKey.Email, "email", IsList: true),
        new(MatchKey.Phone, "phone", IsList: true),
        new(MatchKey.FirstName, "fn"),
        new(MatchKey.LastName, "ln"),
        new(MatchKey.Gender, "gen"),
        new(MatchKey.City, "ct"),
        new(MatchKey.State, "st", IsList: true),
        new(MatchKey.Zip, "zip", IsList: true),
        new(MatchKey.Country, "country"),
        new(MatchKey.ExternalId, "extern_id"),
        new(MatchKey.MobileAdvertiserId, "madid"),
        new(MatchKey.LeadId, "lead_id"),
        new(MatchKey.ClientUserAgent, "client_user_agent"),
        new(MatchKey.ClickId, "fbc"),
        new(MatchKey.BrowserId, "fbp"),
    ];

    public MetaApi Api => MetaApi.OfflineEvents;

    public int MaxEventsPerRequest => 2000;

    public string DefaultApiVersion => "v16.0";

    public DateOnly? RetiredOn => new(2025, 5, 14);

    public HashingRules HashingRules { get; } = new(HashMobileAdvertiserId: true, SplitDateOfBirth: true);

    public MatchKeySet NamedKeys { get; } = MatchKeySet.Of([MatchKey.DateOfBirth, .. MatchKeys.Select(row => row.Key)]);

    public string VersionIn(ApiVersions versions) => versions.OfflineEvents;

    // The API ignored the case of event names.
    public StringComparison EventNames => StringComparison.OrdinalIgnoreCase;

    // The API accepts only standard names; "Other" is the one for everything else.
    public string NameOfCustomEvent(string ownName) => "Other";

    // Free properties have an object to themselves.
    public bool IsReserved(string propertyName, ConversionEvent conversion) => false;

    public IReadOnlyDictionary<string, FieldType> EventFields => FrozenDictionary<string, FieldType>.Empty;

    // Nothing in that object has a name that is Meta's own.
    public IReadOnlyDictionary<string, FieldType> CustomDataFields => FrozenDictionary<string, FieldType>.Empty;

    public void Write(JsonOutput output, in PricedEvent priced)
    {
        var conversion = priced.Event.Event;
        output.StartObject();
        WriteMatchKeys(output, priced.Event.Keys);
        output.Text("event_name"u8, priced.Target.EventName);
        output.Number("event_time"u8, priced.Event.EventTime.ToUnixTimeSeconds());
        output.Text("action_source"u8, priced.Event.ActionSource);
        output.Text("event_source_url"u8, conversion.EventSourceUrl);
        output.Number("value"u8, priced.Money.Value);
        output.Text("currency"u8, priced.Money.Currency);
        output.Text("content_type"u8, priced.ContentType);
        output.List("content_ids"u8, conversion.ContentIds);
        output.WriteContents(conversion.Contents, "price"u8);
        output.Text("order_id"u8, conversion.OrderId);
        output.Text("item_number"u8, conversion.ItemNumber);
        WriteCustomData(output, conversion.CustomData);
        output.WriteDataProcessing(conversion.DataProcessing);
        output.EndObject();
    }

    private static void WriteMatchKeys(JsonOutput output, HashedKeys keys)
    {
        output.StartObject("match_keys"u8);
        foreach (var row in MatchKeys)
        {
            output.WriteKey(row, keys, onlyFirst: true);
        }

        if (keys.Birthdate is { } birthdate)
        {
            output.Text("doby"u8, birthdate.Year);
            output.Text("dobm"u8, birthdate.Month);
            output.Text("dobd"u8, birthdate.Day);
        }

        output.EndObject();
    }

    private static void WriteCustomData(JsonOutput output, CustomData customData)
    {
        if (customData.Entries.Count > 0)
        {
            output.StartObject("custom_data"u8);
            output.WriteCustom(customData);
            output.EndObject();
        }
    }
}
