using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>Where each source has each match key, and events that have nothing but one of them.</summary>
internal static class Identity
{
    private const string Track = """{"type":"track","event":"Product Added","messageId":"m"}""";

    private static readonly Dictionary<string, Dictionary<MatchKey, string>> Paths = new()
    {
        [SourceName.MParticle] = new()
        {
            [MatchKey.Email] = "user_identities.email",
            [MatchKey.Phone] = "user_attributes.$Mobile",
            [MatchKey.FirstName] = "user_attributes.$FirstName",
            [MatchKey.LastName] = "user_attributes.$LastName",
            [MatchKey.Gender] = "user_attributes.$Gender",
            [MatchKey.City] = "user_attributes.$City",
            [MatchKey.State] = "user_attributes.$State",
            [MatchKey.Zip] = "user_attributes.$Zip",
            [MatchKey.Country] = "user_attributes.$Country",
            [MatchKey.MobileAdvertiserId] = "device_info.ios_advertising_id",
            [MatchKey.ClientIpAddress] = "ip",
        },
        [SourceName.Segment] = new()
        {
            [MatchKey.Email] = "context.traits.email",
            [MatchKey.Phone] = "context.traits.phone",
            [MatchKey.FirstName] = "context.traits.firstName",
            [MatchKey.LastName] = "context.traits.lastName",
            [MatchKey.Gender] = "context.traits.gender",
            [MatchKey.City] = "context.traits.address.city",
            [MatchKey.State] = "context.traits.address.state",
            [MatchKey.Zip] = "context.traits.address.postalCode",
            [MatchKey.Country] = "context.traits.address.country",
            [MatchKey.ExternalId] = "userId",
            [MatchKey.MobileAdvertiserId] = "context.device.advertisingId",
            [MatchKey.ClientIpAddress] = "context.ip",
            [MatchKey.ClientUserAgent] = "context.userAgent",
            [MatchKey.ClickId] = "context.fbc",
            [MatchKey.BrowserId] = "context.fbp",
            [MatchKey.LeadId] = "integrations.Facebook Offline Conversions.leadId",
        },
        [SourceName.RudderStack] = new()
        {
            [MatchKey.Email] = "traits.email",
            [MatchKey.Phone] = "traits.phone",
            [MatchKey.FirstName] = "traits.firstName",
            [MatchKey.LastName] = "traits.lastName",
            [MatchKey.Gender] = "traits.gender",
            [MatchKey.DateOfBirth] = "traits.birthday",
            [MatchKey.City] = "traits.address.city",
            [MatchKey.State] = "traits.state",
            [MatchKey.Zip] = "traits.zip",
            [MatchKey.Country] = "traits.country",
            [MatchKey.ExternalId] = "userId",
            [MatchKey.MobileAdvertiserId] = "context.device.advertisingId",
            [MatchKey.ClientIpAddress] = "context.ip",
            [MatchKey.ClientUserAgent] = "context.userAgent",
            [MatchKey.ClickId] = "context.fbc",
            [MatchKey.BrowserId] = "context.fbp",
            [MatchKey.LeadId] = "context.externalId.0.id",
        },
        [SourceName.CommandersAct] = new()
        {
            [MatchKey.Email] = "user.email",
            [MatchKey.Phone] = "user.phone",
            [MatchKey.FirstName] = "user.firstname",
            [MatchKey.LastName] = "user.lastname",
            [MatchKey.Gender] = "user.gender",
            [MatchKey.DateOfBirth] = "user.birthdate",
            [MatchKey.City] = "user.city",
            [MatchKey.State] = "user.state",
            [MatchKey.Zip] = "user.zipcode",
            [MatchKey.Country] = "user.country",
            [MatchKey.ExternalId] = "user.id",
            [MatchKey.MobileAdvertiserId] = "integrations.facebook.user_data.madid",
            [MatchKey.ClientIpAddress] = "context.device.ip",
            [MatchKey.ClientUserAgent] = "context.device.user_agent",
            [MatchKey.ClickId] = "integrations.facebook.user_data.fbc",
            [MatchKey.BrowserId] = "context.device.cookie._fbp",
            [MatchKey.LeadId] = "integrations.facebook.user_data.lead_id",
        },
    };

    /// <summary>Every place of a key that satisfies the condition, for both shapes.</summary>
    public static TheoryData<string, MetaApi, MatchKey> Places(Func<MatchKey, bool> condition)
    {
        var places = new TheoryData<string, MetaApi, MatchKey>();
        foreach (var source in SourceName.All)
        {
            foreach (var api in Enum.GetValues<MetaApi>())
            {
                foreach (var key in Paths[source].Keys.Where(condition))
                {
                    places.Add(source, api, key);
                }
            }
        }

        return places;
    }

    /// <summary>Maps an event with the value as its only match key.</summary>
    public static EventResult Map(string source, MetaApi api, MatchKey key, string value) =>
        Map(source, api, (key, value));

    /// <summary>Maps an event with the values as its only match keys.</summary>
    public static EventResult Map(string source, MetaApi api, params ReadOnlySpan<(MatchKey Key, string Value)> values)
    {
        var body = Body(source);
        foreach (var (key, value) in values)
        {
            body = JsonPath.Set(body, Paths[source][key], JsonSerializer.Serialize(value));
            if (source == SourceName.RudderStack && key == MatchKey.LeadId)
            {
                body = JsonPath.Set(body, "context.externalId.0.type", "\"LeadId\"");
            }
        }

        return Options(source, options => options.Api = api).MapOne(body);
    }

    /// <summary>An event without any match key.</summary>
    public static string Body(string source) =>
        source switch
        {
            SourceName.MParticle => """
                {"environment":"production","events":[{"event_type":"commerce_event",
                 "data":{"event_id":"e","product_action":{"action":"add_to_cart"}}}]}
                """,
            SourceName.CommandersAct => """{"event_name":"add_to_cart","type":"offline","context":{"event_id":"e"}}""",
            _ => Track,
        };

    /// <summary>
    /// A connection of the source that sends every match key, and whose other settings cause no warning.
    /// </summary>
    public static MappingOptions Options(string source, Action<MappingOptions>? change = null)
    {
        void Change(MappingOptions options)
        {
            options.DefaultCurrency = "EUR";
            options.ActionSource = "physical_store";
            if (options.SourceOptions is MParticleOptions batches)
            {
                batches.AdditionalMatchKeys = true;
            }

            change?.Invoke(options);
        }

        return source switch
        {
            SourceName.MParticle => Some.MParticle(Change),
            SourceName.Segment => Some.Segment(Change),
            SourceName.RudderStack => Some.RudderStack(Change),
            _ => Some.CommandersAct(Change),
        };
    }

    /// <summary>The value of a match key in the only payload of an event; the first one of a list.</summary>
    public static string? Of(this EventResult result, MatchKey key)
    {
        var payload = result.Payload();
        var value = (payload["user_data"] as JsonObject)?[NameInConversionsApi(key)]
            ?? (payload["match_keys"] as JsonObject)?[NameInOfflineEvents(key)];
        return (value is JsonArray list ? list[0] : value)?.ToString();
    }

    private static string NameInConversionsApi(MatchKey key) =>
        ConversionsApiShape.UserData.Single(row => row.Key == key).Name;

    private static string NameInOfflineEvents(MatchKey key) =>
        OfflineEventsShape.MatchKeys.SingleOrDefault(row => row.Key == key)?.Name ?? "doby";
}
