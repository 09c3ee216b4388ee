using OfflineConversions.Conversions;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>
/// Events as shops really send them: lists for single values, clocks gone wrong, things in their other place.
/// </summary>
public class OddEventsTests
{
    private const string Segment = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";
    private const string RudderStack = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";
    private const string CommandersAct =
        """{"event_name":"purchase","value":1,"currency":"EUR","user":{"id":"u"},"context":{"event_id":"e"}}""";

    [Fact]
    public void An_event_that_brings_only_what_the_legacy_shape_has_no_name_for_is_rejected_there()
    {
        const string Body =
            """{"type":"track","event":"Product Added","messageId":"m","context":{"ip":"203.0.113.7"}}""";
        Some.Segment().MapOne(Body).Outcome.Should().Be(Outcome.Accepted);
        Some.Segment(options => options.Api = MetaApi.OfflineEvents)
            .MapOne(Body)
            .Reason.Should()
            .Be("insufficient_customer_information");
    }

    [Fact]
    public void The_legacy_shape_judges_a_browser_by_its_user_agent_alone_as_it_cannot_send_the_address() =>
        Some.RudderStack(options => options.Api = MetaApi.OfflineEvents)
            .MapOne(
                """{"type":"track","event":"Product Added","messageId":"m","context":{"ip":"203.0.113.7","userAgent":"UA"}}"""
            )
            .Reason.Should()
            .Be("insufficient_customer_information");

    [Fact]
    public void A_clock_that_is_centuries_off_never_fails_the_event()
    {
        var body = JsonPath.Set(
            JsonPath.Set(Segment, "originalTimestamp", "\"9999-12-31T00:00:00Z\""),
            "sentAt",
            "\"1970-01-01T00:00:00Z\""
        );
        var result = Some.Segment().MapOne(body);
        result.Payload()["event_time"]!.GetValue<long>().Should().Be(Some.Now.ToUnixTimeSeconds());
        result.Warnings.Should().Equal("clock_skew");
    }

    [Theory]
    [InlineData("""{"All":false}""", """{"Segment.io":true}""", true)]
    [InlineData("""{"Segment.io":true}""", """{"All":false}""", true)]
    [InlineData("""{"All":true}""", """{"All":false}""", false)]
    [InlineData("""{"All":false}""", """{"Facebook Offline Conversions":true}""", false)]
    [InlineData("""{"Facebook Offline Conversions":true}""", """{"All":false}""", false)]
    public void A_batchs_integrations_are_merged_into_the_messages_own(string own, string shared, bool ignored)
    {
        var message = JsonPath.Set(Segment, "integrations", own);
        Some.Segment()
            .MapOne($$"""{"batch":[{{message}}],"integrations":{{shared}}}""")
            .Reason.Should()
            .Be(ignored ? "disabled_by_integrations" : null);
    }

    [Fact]
    public void A_list_of_categories_gives_a_product_list_several_content_ids() =>
        Some.Segment()
            .MapOne(
                JsonPath.Set(
                    JsonPath.Set(Segment, "event", "\"Product List Viewed\""),
                    "properties.category",
                    """["Games","Toys"]"""
                )
            )
            .Payload()["custom_data"]!
            ["content_ids"]
            .ShouldBe("""["Games","Toys"]""");

    [Fact]
    public void A_total_that_became_the_value_is_not_repeated_in_custom_data() =>
        Some.Segment()
            .MapOne(
                JsonPath.Set(
                    JsonPath.Set(Segment, "event", "\"Order Completed\""),
                    "properties",
                    """{"total":42,"tax":2}"""
                )
            )
            .Payload()["custom_data"]
            .ShouldBe("""{"value":42,"currency":"USD","content_type":"product","tax":2}""");

    [Fact]
    public void A_click_id_is_derived_at_the_time_of_receipt_where_the_event_has_no_time() =>
        Some.RudderStack()
            .MapOne(JsonPath.Set(RudderStack, "context.page.url", "\"https://a.test/?fbclid=AbC\""))
            .Payload()["user_data"]!["fbc"]!
            .ToString()
            .Should()
            .Be("fb.1.1795262400000.AbC");

    [Theory]
    [InlineData("[]")]
    [InlineData("\"\"")]
    public void A_person_who_consented_to_nothing_is_not_overruled_by_the_event(string consented) =>
        Some.CommandersAct(options => options.Of<CommandersActOptions>().UserConsentCategory = "3")
            .MapOne(
                JsonPath.Set(
                    JsonPath.Set(CommandersAct, "user.consent_categories", consented),
                    "consent_categories",
                    "[3]"
                )
            )
            .Reason.Should()
            .Be("no_consent");

    [Fact]
    public void The_1_0_forms_overrides_are_found_beside_the_other_properties()
    {
        const string Body = """
            {"event_name":"purchase","event_id":"e","properties":{"value":1,"currency":"EUR","user":{"id":"u"},
              "integrations":{"facebook":{"action_source":"phone_call","event_id":"f","custom_data":{"store":"s"},"user_data":{"fbp":"fb.1.1795262300000.2"}}}}}
            """;
        Some.CommandersAct()
            .MapOne(Body)
            .Payload()
            .ShouldBe(
                """
                {"event_name":"Purchase","event_time":1795262400,"event_id":"f","action_source":"phone_call",
                 "user_data":{"external_id":["u"],"fbp":"fb.1.1795262300000.2"},"custom_data":{"value":1,"currency":"EUR","content_type":"product","store":"s"}}
                """
            );
    }

    [Theory]
    [InlineData("product")]
    [InlineData(null)]
    public void A_content_type_among_the_properties_beats_the_default_one(string? setting) =>
        Some.CommandersAct(options => options.Of<CommandersActOptions>().ContentType = setting)
            .MapOne(JsonPath.Set(CommandersAct, "content_type", "\"product_group\""))
            .Payload()["custom_data"]!["content_type"]!
            .ToString()
            .Should()
            .Be("product_group");

    [Fact]
    public void A_cookie_object_is_percent_decoded_like_a_cookie_header() =>
        Some.CommandersAct()
            .MapOne(JsonPath.Set(CommandersAct, "context.device.cookie", """{"_fbc":"fb.1.1795262300000.4%2B5"}"""))
            .Payload()["user_data"]!["fbc"]!
            .ToString()
            .Should()
            .Be("fb.1.1795262300000.4+5");

    [Fact]
    public void A_list_that_holds_nothing_gives_way_to_the_next_place() =>
        Some.RudderStack()
            .MapOne(
                JsonPath.Set(
                    JsonPath.Set(RudderStack, "traits.email", """["",null]"""),
                    "context.traits.email",
                    "\"a@b.co\""
                )
            )
            .Payload()["user_data"]!
            ["em"]
            .ShouldBe($"""["{Some.Sha256("a@b.co")}"]""");

    [Theory]
    [InlineData("traits.phone", "12025550146.0", "ph.0", "12025550146")]
    [InlineData("traits.zip", "90009.0", "zp", "90009")]
    [InlineData("traits.phone", "1.2025550146E10", "ph.0", "12025550146")]
    [InlineData("traits.phone", "12025550146e0", "ph.0", "12025550146")]
    [InlineData("traits.birthday", "1.9970216E7", "db", "19970216")]
    public void A_number_that_a_spreadsheet_wrote_as_a_fraction_or_power_is_the_whole_number(
        string path,
        string value,
        string key,
        string normalized
    ) =>
        JsonPath
            .Find(Some.RudderStack().MapOne(JsonPath.Set(RudderStack, path, value)).Payload(), "user_data." + key)!
            .ToString()
            .Should()
            .Be(Some.Sha256(normalized));

    [Theory]
    [InlineData("true")]
    [InlineData("[true,false]")]
    public void A_yes_or_no_is_nobodys_name_or_id(string value)
    {
        var rudderStack = JsonPath.Set(JsonPath.Set(RudderStack, "userId", value), "traits.firstName", value);
        Some.RudderStack()
            .MapOne(JsonPath.Set(rudderStack, "context.traits.email", "\"a@b.co\""))
            .Payload()["user_data"]
            .ShouldBe($$"""{"em":["{{Some.Sha256("a@b.co")}}"]}""");

        var commandersAct = JsonPath.Set(
            JsonPath.Set(CommandersAct, "user", """{"email":"a@b.co"}"""),
            "integrations.facebook.user_data.em",
            value
        );
        Some.CommandersAct()
            .MapOne(commandersAct)
            .Payload()["user_data"]
            .ShouldBe($$"""{"em":["{{Some.Sha256("a@b.co")}}"]}""");
    }

    [Theory]
    [InlineData("{\"\\ud800\":1,")]
    [InlineData("{\"\\udfff\\ud800\":{\"a\":1},\"\\u0062at\\u0063h\\ud800\":1,")]
    public void A_name_that_is_no_Unicode_is_passed_over_at_every_depth(string odd)
    {
        string[] bodies =
        [
            Segment,
            CommandersAct,
            """{"user_identities":{"email":"a@b.co"},"user_attributes":{"$City":"Rome"},"device_info":{"platform":"out_of_band"},"events":[{"event_type":"commerce_event","data":{"custom_attributes":{"x":{"y":1}},"product_action":{"action":"view_detail","products":[{"id":"p"}]}}}]}""",
        ];
        foreach (var body in bodies)
        {
            var strange = body.Replace("{", odd, StringComparison.Ordinal);
            foreach (
                var options in new[] { Some.Segment(), Some.RudderStack(), Some.CommandersAct(), Some.MParticle() }
            )
            {
                options
                    .Map(strange)
                    .Select(result => (result.Outcome, result.Reason))
                    .Should()
                    .Equal(options.Map(body).Select(result => (result.Outcome, result.Reason)));
            }
        }
    }

    [Fact]
    public void An_email_address_is_kept_out_of_every_part_of_the_sale()
    {
        var body = JsonPath.Set(
            RudderStack,
            "properties",
            """
            {"order_id":"bob@example.com","item_number":"bob@example.com/1","products":[{"id":"bob@example.com","price":1},{"id":"p","brand":"bob@example.com","category":"c"}]}
            """
        );
        foreach (var api in Enum.GetValues<MetaApi>())
        {
            var result = Some.RudderStack(options => options.Api = api).MapOne(body);
            result.Payload().ToJsonString().Should().NotContain("bob").And.Contain("\"category\":\"c\"");
            result.Warnings.Should().Equal("personal_data_removed", "content_without_id");
        }
    }
}
