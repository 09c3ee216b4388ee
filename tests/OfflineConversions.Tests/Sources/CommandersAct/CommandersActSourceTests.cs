using OfflineConversions.Conversions;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources.CommandersAct;

public class CommandersActSourceTests
{
    private const string Bare =
        """{"event_name":"purchase","value":1,"currency":"EUR","user":{"id":"u"},"context":{"event_id":"e"}}""";

    public static TheoryData<string, string> EventNames
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (name, standard) in CommandersActEventNames.Standard)
            {
                rows.Add(name, standard);
            }

            rows.Add("custom_name", "custom_name");
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(EventNames))]
    public void An_event_gets_its_standard_name_or_keeps_its_own(string name, string expected) =>
        Some.CommandersAct()
            .MapOne(JsonPath.Set(Bare, "event_name", $"\"{name}\""))
            .Deliveries[0]
            .EventName.Should()
            .Be(expected);

    [Theory]
    [InlineData("type")]
    [InlineData("source_key")]
    [InlineData("tc_s")]
    [InlineData("token")]
    [InlineData("event_id")]
    [InlineData("event_timestamp")]
    [InlineData("consent_categories")]
    public void What_serves_the_transport_is_not_copied_into_custom_data(string name) =>
        Some.CommandersAct().MapOne(JsonPath.Set(Bare, name, "\"1795262399\"")).Payload()["custom_data"]!
            .AsObject()
            .Should()
            .NotContainKey(name);

    [Fact]
    public void Contents_that_override_are_in_Metas_own_words()
    {
        var body = JsonPath.Set(
            Bare,
            "integrations",
            """
            {"facebook":{"custom_data":{"contents":[{"id":"p","quantity":2,"item_price":1.5,"brand":"b",
             "category":"c"},{"id":"q","price":3}]}}}
            """
        );

        Some.CommandersAct().MapOne(body).Payload()["custom_data"]!
            ["contents"]
            .ShouldBe(
                """[{"id":"p","quantity":2,"item_price":1.5,"brand":"b","category":"c"},{"id":"q","item_price":3}]"""
            );
    }

    [Theory]
    [InlineData("user.email", "\"A@b.co\"", "em.0", "a@b.co")]
    [InlineData("user.phone", "\"+33 6 12 34 56 78\"", "ph.0", "33612345678")]
    [InlineData("user.gender", "\"f\"", "ge", "f")]
    [InlineData("user.birthdate", "\"1990-04-03\"", "db", "19900403")]
    [InlineData("user.lastname", "\"D'Arc\"", "ln", "darc")]
    [InlineData("user.firstname", "\"Jeanne\"", "fn", "jeanne")]
    [InlineData("user.city", "\"Saint-Étienne\"", "ct", "saintétienne")]
    [InlineData("user.state", "\"Massachusetts\"", "st", "ma")]
    [InlineData("user.zipcode", "42000", "zp", "42000")]
    [InlineData("user.country", "\"FRA\"", "country", "fr")]
    public void A_user_property_is_hashed_and_may_come_hashed(string path, string value, string key, string normalized)
    {
        var hash = Some.Sha256(normalized);
        JsonPath
            .Find(Some.CommandersAct().MapOne(JsonPath.Set(Bare, path, value)).Payload(), "user_data." + key)!
            .ToString()
            .Should()
            .Be(hash);
        JsonPath
            .Find(
                Some.CommandersAct()
                    .MapOne(JsonPath.Set(Bare, path + "_sha256", $"\"{hash.ToUpperInvariant()}\""))
                    .Payload(),
                "user_data." + key
            )!
            .ToString()
            .Should()
            .Be(hash);
    }

    [Theory]
    [InlineData("user.id", "12345678901234567890", "user_data.external_id.0", "12345678901234567890")]
    [InlineData("context.device.ip", "\"102.3.4.56\"", "user_data.client_ip_address", "102.3.4.56")]
    [InlineData("context.device.user_agent", "\"UA\"", "user_data.client_user_agent", "UA")]
    [InlineData("context.device.cookie", "\"_ga=7; _fbp=123; _fbc=4%2B5\"", "user_data.fbc", "4+5")]
    [InlineData("context.cookie", "\"_fbp=123\"", "user_data.fbp", "123")]
    [InlineData("device.cookie", "\"fbp=123\"", "user_data.fbp", "123")]
    [InlineData("context.cookie", """{"_fbp":"123"}""", "user_data.fbp", "123")]
    [InlineData("name", "\"n\"", "custom_data.content_name", "n")]
    [InlineData("items", """[{"id":"1"},{"product":{"name":"n2"}}]""", "custom_data.content_name", "n2")]
    [InlineData("category", "\"c\"", "custom_data.content_category", "c")]
    [InlineData(
        "items",
        """[{"product":{"category_3":"c3"}},{"product":{"category_1":"c1"}}]""",
        "custom_data.content_category",
        "c3"
    )]
    [InlineData("status", "\"shipped\"", "custom_data.status", "shipped")]
    [InlineData("value", "\"12.50\"", "custom_data.value", "12.50")]
    [InlineData("currency", "\"usd\"", "custom_data.currency", "USD")]
    [InlineData("anything", "\"x\"", "custom_data.anything", "x")]
    [InlineData("id", "\"o\"", "custom_data.id", "o")]
    [InlineData("context.page.url", "\"https://a.test/\"", "event_source_url", "https://a.test/")]
    [InlineData("context.page.location.href", "\"https://a.test/\"", "event_source_url", "https://a.test/")]
    [InlineData("integrations.facebook.event_id", "\"f\"", "event_id", "f")]
    [InlineData("event_id", "\"r\"", "event_id", "r")]
    [InlineData("context.event_timestamp", "\"1795262399999\"", "event_time", "1795262399")]
    [InlineData("event_timestamp", "1795262399", "event_time", "1795262399")]
    [InlineData("type", "\"Offline\"", "action_source", "physical_store")]
    [InlineData("type", "\"online\"", "action_source", "website")]
    [InlineData("integrations.facebook.action_source", "\"phone_call\"", "action_source", "phone_call")]
    [InlineData("integrations.facebook.user_data.fbp", "\"f\"", "user_data.fbp", "f")]
    [InlineData("integrations.facebook.custom_data.content_name", "\"own\"", "custom_data.content_name", "own")]
    [InlineData("integrations.facebook.custom_data.value", "7.10", "custom_data.value", "7.10")]
    [InlineData("integrations.facebook.custom_data.content_type", "\"hotel\"", "custom_data.content_type", "hotel")]
    [InlineData("integrations.facebook.custom_data.your_field", "[1,2]", "custom_data.your_field.1", "2")]
    public void A_row_is_kept(string path, string value, string target, string expected) =>
        JsonPath
            .Find(Some.CommandersAct().MapOne(JsonPath.Set(Bare, path, value)).Payload(), target)
            ?.ToString()
            .Should()
            .Be(expected, "{0} → {1}", path, target);

    [Fact]
    public void A_clear_override_of_a_hashed_kind_is_hashed() =>
        Some.CommandersAct().MapOne(JsonPath.Set(Bare, "integrations.facebook.user_data.em", "\"X@y.de\"")).Payload()[
            "user_data"
        ]!
            ["em"]
            .ShouldBe($"""["{Some.Sha256("x@y.de")}"]""");

    [Fact]
    public void An_override_replaces_the_users_own_value() =>
        Some.CommandersAct()
            .MapOne(
                JsonPath.Set(
                    JsonPath.Set(Bare, "user.email", "\"a@b.co\""),
                    "integrations.facebook.user_data.em",
                    $"[\"{Some.Sha256("c")}\"]"
                )
            )
            .Payload()["user_data"]!
            ["em"]
            .ShouldBe($"""["{Some.Sha256("c")}"]""");

    [Theory]
    [InlineData(
        """{"product":{"id":"p","price":9.99},"id":"i","price":"1","quantity":2,"item_quantity":3}""",
        """[{"id":"p","quantity":2,"item_price":9.99}]"""
    )]
    [InlineData("""{"id":"i","price":"1.20","item_quantity":"3"}""", """[{"id":"i","quantity":3,"item_price":1.20}]""")]
    [InlineData("""{"price":"1.20"}""", null)]
    public void Items_become_contents(string item, string? expected)
    {
        var contents = Some.CommandersAct().MapOne(JsonPath.Set(Bare, "items", $"[{item}]")).Payload()["custom_data"]![
            "contents"
        ];
        if (expected is null)
        {
            contents.Should().BeNull();
        }
        else
        {
            contents.ShouldBe(expected);
        }
    }

    [Fact]
    public void Only_scalar_properties_are_copied_and_none_when_turned_off()
    {
        var body = JsonPath.Set(JsonPath.Set(Bare, "list", "[1]"), "flag", "true");
        Some.CommandersAct()
            .MapOne(body)
            .Payload()["custom_data"]
            .ShouldBe("""{"value":1,"currency":"EUR","content_type":"product","flag":true}""");
        Some.CommandersAct(options =>
            {
                options.Of<CommandersActOptions>().CopyEventProperties = false;
                options.Of<CommandersActOptions>().ContentType = null;
            })
            .MapOne(body)
            .Payload()["custom_data"]
            .ShouldBe("""{"value":1,"currency":"EUR"}""");
    }

    [Theory]
    [InlineData("user.consent_categories", """["1","3"]""", null)]
    [InlineData("user.consent_categories", "[1,3]", null)]
    [InlineData("user.consent_categories", "\"1, 3\"", null)]
    [InlineData("consent_categories", "[3]", null)]
    [InlineData("user.consent_categories", "[1,33]", "no_consent")]
    [InlineData("other", "0", "no_consent")]
    public void Consent_is_checked_where_the_connection_asks_for_it(string path, string value, string? reason)
    {
        var body = JsonPath.Set(Bare, path, value);
        Some.CommandersAct(options => options.Of<CommandersActOptions>().UserConsentCategory = "3")
            .MapOne(body)
            .Reason.Should()
            .Be(reason);
        Some.CommandersAct().MapOne(body).Outcome.Should().Be(Outcome.Accepted);
    }

    [Theory]
    [InlineData("""{"firstname":"a","lastname":"b"}""", "below_minimum_information")]
    [InlineData("""{"firstname":"a","lastname":"b","zipcode":"42000"}""", null)]
    [InlineData("""{"phone":"+33612345678"}""", null)]
    [InlineData("""{"consistent_anonymous_id":"x"}""", "insufficient_customer_information")]
    public void Its_own_bar_for_who_it_was_is_kept(string user, string? reason) =>
        Some.CommandersAct().MapOne(JsonPath.Set(Bare, "user", user)).Reason.Should().Be(reason);
}
