using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>The Conversions API. Source: Meta, "Server Event Parameters".</summary>
internal sealed class ConversionsApiShape : IMetaShape
{
    /// <summary>
    /// The keys of <c>user_data</c> in writing order. Source: Meta, "Customer Information Parameters".
    /// </summary>
    public static MatchKeyName[] UserData { get; } =
    [
        new(MatchKey.Email, "em", IsList: true),
        new(MatchKey.Phone, "ph", IsList: true),
        new(MatchKey.FirstName, "fn"),
        new(MatchKey.LastName, "ln"),
        new(MatchKey.Gender, "ge"),
        new(MatchKey.DateOfBirth, "db"),
        new(MatchKey.City, "ct"),
        new(MatchKey.State, "st"),
        new(MatchKey.Zip, "zp"),
        new(MatchKey.Country, "country"),
        new(MatchKey.ExternalId, "external_id", IsList: true),
        new(MatchKey.MobileAdvertiserId, "madid"),
        new(MatchKey.LeadId, "lead_id", IsSingle: true),
        new(MatchKey.ClientIpAddress, "client_ip_address", IsSingle: true),
        new(MatchKey.ClientUserAgent, "client_user_agent", IsSingle: true),
        new(MatchKey.ClickId, "fbc", IsSingle: true),
        new(MatchKey.BrowserId, "fbp", IsSingle: true),
        new(MatchKey.SubscriptionId, "subscription_id", IsSingle: true),
        new(MatchKey.FacebookLoginId, "fb_login_id", IsSingle: true),
        new(MatchKey.PageId, "page_id", IsSingle: true),
        new(MatchKey.PageScopedUserId, "page_scoped_user_id", IsSingle: true),
        new(MatchKey.ClickToWhatsAppId, "ctwa_clid", IsSingle: true),
        new(MatchKey.InstagramAccountId, "ig_account_id", IsSingle: true),
        new(MatchKey.InstagramScopedUserId, "ig_sid", IsSingle: true),
        new(MatchKey.WhatsAppAccountId, "whatsapp_business_account_id", IsSingle: true),
        new(MatchKey.AppInstallId, "anon_id", IsSingle: true),
    ];

    public MetaApi Api => MetaApi.ConversionsApi;

    public int MaxEventsPerRequest => 1000;

    public string DefaultApiVersion => "v27.0";

    public DateOnly? RetiredOn => null;

    public HashingRules HashingRules { get; } = new(HashMobileAdvertiserId: false, SplitDateOfBirth: false);

    public MatchKeySet NamedKeys { get; } = MatchKeySet.Of([.. UserData.Select(row => row.Key)]);

    public string VersionIn(ApiVersions versions) => versions.ConversionsApi;

    public StringComparison EventNames => StringComparison.Ordinal;

    public string NameOfCustomEvent(string ownName) => ownName;

    // Free properties share an object with Meta's own. Value, currency and contents are reserved even where the event
    // has none: an unchecked one makes Meta refuse the batch.
    public bool IsReserved(string propertyName, ConversionEvent conversion) =>
        propertyName switch
        {
            "value" or "currency" or "contents" => true,
            "content_type" => conversion.ContentType is not null
                || conversion.Targets.Any(target => target.ContentType is not null),
            "content_ids" => conversion.ContentIds.Count > 0,
            "order_id" => !conversion.OrderId.IsAbsent,
            "item_number" => !conversion.ItemNumber.IsAbsent,
            _ => false,
        };

    public IReadOnlyDictionary<string, FieldType> EventFields => Meta.EventFields.OfEvent;

    public IReadOnlyDictionary<string, FieldType> CustomDataFields => Meta.EventFields.OfCustomData;

    public void Write(JsonOutput output, in PricedEvent priced)
    {
        var conversion = priced.Event.Event;
        output.StartObject();
        output.Text("event_name"u8, priced.Target.EventName);
        output.Number("event_time"u8, priced.Event.EventTime.ToUnixTimeSeconds());
        output.Text("event_id"u8, conversion.EventId);
        output.Text("action_source"u8, priced.Event.ActionSource);
        output.Text("event_source_url"u8, conversion.EventSourceUrl);
        if (conversion.HasEventFields)
        {
            output.WriteCustom(conversion.EventFields);
        }

        WriteUserData(output, priced.Event.Keys);
        WriteCustomData(output, priced);
        output.WriteDataProcessing(conversion.DataProcessing);
        output.EndObject();
    }

    private static void WriteUserData(JsonOutput output, HashedKeys keys)
    {
        output.StartObject("user_data"u8);
        foreach (var row in UserData)
        {
            output.WriteKey(row, keys, onlyFirst: false);
        }

        output.EndObject();
    }

    private static void WriteCustomData(JsonOutput output, in PricedEvent priced)
    {
        var conversion = priced.Event.Event;
        if (!HasCustomData(priced))
        {
            return;
        }

        output.StartObject("custom_data"u8);
        output.Number("value"u8, priced.Money.Value);
        output.Text("currency"u8, priced.Money.Currency);
        output.Text("content_type"u8, priced.ContentType);
        output.List("content_ids"u8, conversion.ContentIds);
        output.WriteContents(conversion.Contents, "item_price"u8);
        output.Text("order_id"u8, conversion.OrderId);
        output.Text("item_number"u8, conversion.ItemNumber);
        output.WriteCustom(conversion.CustomData);
        output.EndObject();
    }

    private static bool HasCustomData(in PricedEvent priced) =>
        priced.Money != default
        || priced.ContentType is not null
        || priced.Event.Event.ContentIds.Count > 0
        || priced.Event.Event.Contents.Count > 0
        || !priced.Event.Event.OrderId.IsAbsent
        || !priced.Event.Event.ItemNumber.IsAbsent
        || !priced.Event.Event.CustomData.Span.IsEmpty;
}
