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
                """
                {"type":"track","event":"Product Added","messageId":"m","context":{"ip":"203.0.113.7",
                 "userAgent":"UA"}}
                """
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
              "integrations":{"facebook":{"action_source":"phone_call","event_id":"f","custom_data":{"store":"s"},
               "user_data":{"fbp":"fb.1.1795262300000.2"}}}}}
            """;
        Some.CommandersAct()
            .MapOne(Body)
            .Payload()
            .ShouldBe(
                """
                {"event_name":"Purchase","event_time":1795262400,"event_id":"f","action_source":"phone_call",
                 "user_data":{"external_id":["u"],"fbp":"fb.1.1795262300000.2"},"custom_data":{"value":1,
                  "currency":"EUR","content_type":"product","store":"s"}}
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
}
