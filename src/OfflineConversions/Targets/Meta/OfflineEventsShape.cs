using System.Collections.Frozen;
using System.Text.Json;
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
    public static IReadOnlyList<MatchKeyName> MatchKeys { get; } =
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

    public void Write(Utf8JsonWriter writer, in PricedEvent priced)
    {
        var conversion = priced.Event.Event;
        writer.WriteStartObject();
        WriteMatchKeys(writer, priced.Event.Keys);
        writer.WriteString("event_name", priced.Target.EventName);
        writer.WriteNumber("event_time", priced.Event.EventTime.ToUnixTimeSeconds());
        writer.WriteString("action_source", priced.Event.ActionSource);
        writer.WriteText("event_source_url", conversion.EventSourceUrl);
        writer.WriteNumber("value", priced.Money.Value);
        writer.WriteText("currency", priced.Money.Currency);
        writer.WriteText("content_type", priced.ContentType);
        writer.WriteList("content_ids", conversion.ContentIds);
        writer.WriteContents(conversion.Contents, "price");
        writer.WriteText("order_id", conversion.OrderId);
        writer.WriteText("item_number", conversion.ItemNumber);
        WriteCustomData(writer, conversion.CustomData);
        writer.WriteDataProcessing(conversion.DataProcessing);
        writer.WriteEndObject();
    }

    private static void WriteMatchKeys(Utf8JsonWriter writer, HashedKeys keys)
    {
        writer.WriteStartObject("match_keys");
        foreach (var row in MatchKeys)
        {
            writer.WriteKey(row, keys, onlyFirst: true);
        }

        if (keys.Birthdate is { } birthdate)
        {
            writer.WriteString("doby", birthdate.Year);
            writer.WriteString("dobm", birthdate.Month);
            writer.WriteString("dobd", birthdate.Day);
        }

        writer.WriteEndObject();
    }

    private static void WriteCustomData(Utf8JsonWriter writer, CustomData customData)
    {
        if (customData.Entries.Count > 0)
        {
            writer.WriteStartObject("custom_data");
            writer.WriteCustom(customData);
            writer.WriteEndObject();
        }
    }
}
