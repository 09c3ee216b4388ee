using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources.RudderStack;

/// <summary>Each row of RudderStack's "Property mappings", for both of Meta's APIs.</summary>
public class RudderStackFieldsTests
{
    private const string Bare = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";
    private const string Nobody = """{"type":"track","event":"Product Added","messageId":"m"}""";

    [Theory]
    [InlineData("userId")]
    [InlineData("traits.userId")]
    [InlineData("traits.id")]
    [InlineData("context.traits.userId")]
    [InlineData("context.traits.id")]
    [InlineData("anonymousId")]
    public void External_id_comes_from(string path) =>
        Both(Nobody, path, "\"U 1\"", "user_data.external_id.0", "match_keys.extern_id", "U 1");

    [Theory]
    [InlineData("timestamp")]
    [InlineData("originalTimestamp")]
    public void Event_time_comes_from(string path)
    {
        Both(Bare, path, "\"2026-11-20T23:30:00.999+05:30\"", "event_time", "event_time", "1795197600");
        Both(Bare, path, "1795197600999", "event_time", "event_time", "1795197600");
        Both(Bare, path, "1795197600", "event_time", "event_time", "1795197600");
    }

    [Fact]
    public void The_time_the_user_passed_wins_over_the_moment_of_the_call()
    {
        var body = JsonPath.Set(
            JsonPath.Set(Bare, "originalTimestamp", "\"2026-11-21T11:00:00Z\""),
            "timestamp",
            "\"2026-11-01T00:00:00Z\""
        );
        Some.RudderStack().MapOne(body).Payload()["event_time"]!.ToString().Should().Be("1793491200");
    }

    [Fact]
    public void Without_any_time_the_event_happened_when_it_was_received() =>
        Some.RudderStack().MapOne(Bare).Payload()["event_time"]!.ToString().Should().Be("1795262400");

    [Theory]
    [InlineData("properties.currency", "\"eur\"", "custom_data.currency", "currency", "EUR")]
    [InlineData("properties.total", "1.50", "custom_data.value", "value", "1.50")]
    [InlineData("properties.price", "\"1.50\"", "custom_data.value", "value", "1.50")]
    [InlineData("properties.value", "0.10", "custom_data.value", "value", "0.10")]
    [InlineData("properties.revenue", "1e2", "custom_data.value", "value", "1e2")]
    [InlineData("properties.order_id", "\"o1\"", "custom_data.order_id", "order_id", "o1")]
    [InlineData(
        "properties.orderId",
        "12345678901234567890",
        "custom_data.order_id",
        "order_id",
        "12345678901234567890"
    )]
    [InlineData("properties.item_number", "7", "custom_data.item_number", "item_number", "7")]
    [InlineData("properties.anything", "true", "custom_data.anything", "custom_data.anything", "true")]
    [InlineData("context.page.url", "\"https://a.test/x\"", "event_source_url", "event_source_url", "https://a.test/x")]
    [InlineData("properties.url", "\"https://a.test/x\"", "event_source_url", "event_source_url", "https://a.test/x")]
    [InlineData("traits.action_source", "\"phone_call\"", "action_source", "action_source", "phone_call")]
    [InlineData("context.traits.action_source", "\"phone_call\"", "action_source", "action_source", "phone_call")]
    [InlineData("properties.action_source", "\"phone_call\"", "action_source", "action_source", "phone_call")]
    [InlineData(
        "context.fbc",
        "\"fb.1.1795262300000.AbCd\"",
        "user_data.fbc",
        "match_keys.fbc",
        "fb.1.1795262300000.AbCd"
    )]
    [InlineData(
        "context.fbp",
        "\"fb.1.1558571054389.1098115397\"",
        "user_data.fbp",
        "match_keys.fbp",
        "fb.1.1558571054389.1098115397"
    )]
    [InlineData(
        "context.userAgent",
        "\"Mozilla/5.0\"",
        "user_data.client_user_agent",
        "match_keys.client_user_agent",
        "Mozilla/5.0"
    )]
    public void A_row_is_kept(
        string path,
        string value,
        string conversionsApi,
        string offlineEvents,
        string expected
    ) => Both(Bare, path, value, conversionsApi, offlineEvents, expected);

    [Theory]
    [InlineData("traits.email", "\" Alex@Example.COM\"", "em.0", "email.0", "alex@example.com")]
    [InlineData("context.traits.email", "\"alex@example.com\"", "em.0", "email.0", "alex@example.com")]
    [InlineData("properties.email", "\"alex@example.com\"", "em.0", "email.0", "alex@example.com")]
    [InlineData("context.externalId.0.id", "\"alex@example.com\"", "em.0", "email.0", "alex@example.com")]
    [InlineData("traits.phone", "\"+1-202-555-0146\"", "ph.0", "phone.0", "12025550146")]
    [InlineData("context.traits.phone", "12025550146", "ph.0", "phone.0", "12025550146")]
    [InlineData("properties.phone", "\"+1 (202) 555-0146\"", "ph.0", "phone.0", "12025550146")]
    [InlineData("traits.gender", "\"male\"", "ge", "gen", "m")]
    [InlineData("context.traits.gender", "\"F\"", "ge", "gen", "f")]
    [InlineData("traits.firstName", "\"Mary-Jane\"", "fn", "fn", "maryjane")]
    [InlineData("traits.firstname", "\"Mary\"", "fn", "fn", "mary")]
    [InlineData("traits.first_name", "\"Mary\"", "fn", "fn", "mary")]
    [InlineData("context.traits.firstName", "\"Mary\"", "fn", "fn", "mary")]
    [InlineData("context.traits.firstname", "\"Mary\"", "fn", "fn", "mary")]
    [InlineData("context.traits.first_name", "\"Mary\"", "fn", "fn", "mary")]
    [InlineData("traits.lastName", "\"Müller\"", "ln", "ln", "müller")]
    [InlineData("traits.lastname", "\"Müller\"", "ln", "ln", "müller")]
    [InlineData("traits.last_name", "\"Müller\"", "ln", "ln", "müller")]
    [InlineData("context.traits.lastName", "\"Müller\"", "ln", "ln", "müller")]
    [InlineData("context.traits.lastname", "\"Müller\"", "ln", "ln", "müller")]
    [InlineData("context.traits.last_name", "\"Müller\"", "ln", "ln", "müller")]
    [InlineData("traits.address.city", "\"New Orleans\"", "ct", "ct", "neworleans")]
    [InlineData("context.traits.address.city", "\"New Orleans\"", "ct", "ct", "neworleans")]
    [InlineData("traits.state", "\"Louisiana\"", "st", "st.0", "la")]
    [InlineData("context.traits.state", "\"LA\"", "st", "st.0", "la")]
    [InlineData("traits.address.state", "\"Louisiana\"", "st", "st.0", "la")]
    [InlineData("context.traits.address.state", "\"Louisiana\"", "st", "st.0", "la")]
    [InlineData("traits.zip", "90009", "zp", "zip.0", "90009")]
    [InlineData("traits.zipcode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.zip_code", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.zipCode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.postalcode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.postal_code", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.postalCode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.address.zipcode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.address.zip_code", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.address.postalCode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.address.zip", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.address.zipCode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.address.postalcode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.address.postal_code", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("context.traits.zip", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("context.traits.address.zip", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("context.traits.address.zipcode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("context.traits.address.zipCode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("context.traits.address.postalcode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("context.traits.address.postal_code", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("context.traits.address.postalCode", "\"90009\"", "zp", "zip.0", "90009")]
    [InlineData("traits.country", "\"USA\"", "country", "country", "us")]
    [InlineData("context.traits.country", "\"Germany\"", "country", "country", "de")]
    [InlineData("traits.address.country", "\"USA\"", "country", "country", "us")]
    [InlineData("context.traits.address.country", "\"USA\"", "country", "country", "us")]
    public void A_match_key_is_normalised_and_hashed(
        string path,
        string value,
        string userData,
        string matchKeys,
        string normalized
    ) => Both(Bare, path, value, "user_data." + userData, "match_keys." + matchKeys, Some.Sha256(normalized));

    [Theory]
    [InlineData("traits.birthday")]
    [InlineData("context.traits.birthday")]
    [InlineData("traits.dateOfBirth")]
    [InlineData("context.traits.dateOfBirth")]
    [InlineData("traits.dateofbirth")]
    [InlineData("context.dateofbirth")]
    [InlineData("traits.dob")]
    [InlineData("context.traits.dob")]
    [InlineData("traits.DOB")]
    [InlineData("context.traits.DOB")]
    public void A_birthday_is_split_into_year_month_and_day(string path)
    {
        Both(
            Bare,
            path,
            "\"03, 04, 1990\"",
            "user_data.db",
            "match_keys.doby",
            Some.Sha256("19900403"),
            Some.Sha256("1990")
        );
        Both(
            Bare,
            path,
            "\"1990-04-03T23:59:59-11:00\"",
            "user_data.db",
            "match_keys.dobm",
            Some.Sha256("19900403"),
            Some.Sha256("04")
        );
        Both(
            Bare,
            path,
            "\"1990/04/03\"",
            "user_data.db",
            "match_keys.dobd",
            Some.Sha256("19900403"),
            Some.Sha256("03")
        );
    }

    [Fact]
    public void The_advertising_id_is_hashed_in_the_legacy_shape_and_sent_in_lower_case_in_the_conversions_api() =>
        Both(
            Bare,
            "context.device.advertisingId",
            "\"07D2EBAA-E956-407E-A1E6-F05F871BF4E2\"",
            "user_data.madid",
            "match_keys.madid",
            "07d2ebaa-e956-407e-a1e6-f05f871bf4e2",
            Some.Sha256("07d2ebaa-e956-407e-a1e6-f05f871bf4e2")
        );

    [Fact]
    public void The_lead_id_is_the_external_id_of_that_type() =>
        Both(
            Bare,
            "context.externalId",
            """[{"id":"a","type":"x"},{"id":"123456789012345","type":"leadid"}]""",
            "user_data.lead_id",
            "match_keys.lead_id",
            "123456789012345"
        );

    internal static void Both(
        string body,
        string path,
        string value,
        string conversionsApi,
        string offlineEvents,
        string expected,
        string? expectedOffline = null
    )
    {
        JsonPath
            .Find(Payload(MetaApi.ConversionsApi, body, path, value), conversionsApi)
            ?.ToString()
            .Should()
            .Be(expected, "{0} → {1}", path, conversionsApi);
        JsonPath
            .Find(Payload(MetaApi.OfflineEvents, body, path, value), offlineEvents)
            ?.ToString()
            .Should()
            .Be(expectedOffline ?? expected, "{0} → {1}", path, offlineEvents);
    }

    internal static System.Text.Json.Nodes.JsonObject Payload(MetaApi api, string body, string path, string value) =>
        Some.RudderStack(options => options.Api = api).MapOne(JsonPath.Set(body, path, value)).Payload();
}
