using OfflineConversions.Conversions;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources.Segment;

public class SegmentSourceTests
{
    private const string Bare = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";

    [Theory]
    [InlineData("Products Searched", "Search")]
    [InlineData("Product Viewed", "ViewContent")]
    [InlineData("Product List Viewed", "ViewContent")]
    [InlineData("Product Added to Wishlist", "AddToWishlist")]
    [InlineData("Product Added", "AddToCart")]
    [InlineData("Checkout Started", "InitiateCheckout")]
    [InlineData("Payment Info Entered", "AddPaymentInfo")]
    [InlineData("Order Completed", "Purchase")]
    public void A_semantic_event_gets_Facebooks_name(string segment, string facebook) =>
        Some.Segment()
            .MapOne(JsonPath.Set(JsonPath.Set(Bare, "event", $"\"{segment}\""), "properties.revenue", "1"))
            .Deliveries.Should()
            .ContainSingle(delivery => delivery.EventName == facebook && delivery.UploadTag == "Segment");

    [Theory]
    [InlineData(MetaApi.ConversionsApi, "Coffee Brewed")]
    [InlineData(MetaApi.OfflineEvents, "Other")]
    public void A_custom_event_keeps_its_name_where_Meta_takes_custom_names(MetaApi api, string expected) =>
        Some.Segment(options =>
            {
                options.Api = api;
                options.Of<SegmentOptions>().Events.Add(new() { Event = "Coffee Brewed", EventSetId = "9" });
            })
            .MapOne(JsonPath.Set(Bare, "event", "\"Coffee Brewed\""))
            .Deliveries.Should()
            .ContainSingle(delivery => delivery.EventName == expected);

    [Fact]
    public void An_event_in_all_three_lists_goes_out_under_three_names_and_equal_rows_once()
    {
        var result = Some.Segment(options =>
            {
                options.Of<SegmentOptions>().Events =
                [
                    Row("Signed Up", "1"),
                    Row("Signed Up", "1"),
                    Row("Signed Up", "2"),
                ];
                options.Of<SegmentOptions>().LeadEvents = [Row("Signed Up", "1")];
                options.Of<SegmentOptions>().CompleteRegistrationEvents = [Row("Signed Up", "3")];
            })
            .MapOne(JsonPath.Set(Bare, "event", "\"Signed Up\""));

        result
            .Deliveries.Select(delivery => (delivery.EventName, delivery.DatasetId))
            .Should()
            .Equal(("Signed Up", "1"), ("Signed Up", "2"), ("Lead", "1"), ("CompleteRegistration", "3"));
    }

    [Fact]
    public void An_event_in_no_list_is_ignored() =>
        Some.Segment()
            .MapOne(JsonPath.Set(Bare, "event", "\"Coffee Brewed\""))
            .Should()
            .Match<EventResult>(result => result.Outcome == Outcome.Ignored && result.Reason == "event_not_mapped");

    [Theory]
    [InlineData("identify")]
    [InlineData("delete")]
    [InlineData("Page")]
    public void A_call_that_is_no_track_call_is_ignored_whether_the_message_or_else_the_path_says_so(string type)
    {
        var own = JsonPath.Set(Bare, "type", $"\"{type}\"");
        var without = JsonPath.Set(Bare, "type", "null");

        Some.Segment().MapOne(own).Reason.Should().Be("unsupported_type");
        Some.Segment().MapOne(own, call: "track").Reason.Should().Be("unsupported_type");
        Some.Segment().MapOne(without, call: type).Reason.Should().Be("unsupported_type");
        Some.Segment().MapOne(without, call: "TRACK").Reason.Should().BeNull();
        Some.Segment().MapOne(Bare, call: type).Reason.Should().BeNull("a message's own type takes precedence");
    }

    [Fact]
    public void A_track_call_without_a_name_is_rejected() =>
        Some.Segment().MapOne("""{"userId":"u"}""", call: "track").Reason.Should().Be("missing_event_name");

    [Theory]
    [InlineData("context.traits.email", "\"A@b.co\"", "em.0", "a@b.co")]
    [InlineData("traits.email", "\"A@b.co\"", "em.0", "a@b.co")]
    [InlineData("context.traits.phone", "\"+1 401 123 4567\"", "ph.0", "14011234567")]
    [InlineData("context.traits.gender", "\"Female\"", "ge", "f")]
    [InlineData("context.traits.firstName", "\"Ham\"", "fn", "ham")]
    [InlineData("context.traits.first_name", "\"Ham\"", "fn", "ham")]
    [InlineData("context.traits.lastName", "\"Solo\"", "ln", "solo")]
    [InlineData("context.traits.last_name", "\"Solo\"", "ln", "solo")]
    [InlineData("context.traits.address.city", "\"East Greenwich\"", "ct", "eastgreenwich")]
    [InlineData("context.traits.city", "\"East Greenwich\"", "ct", "eastgreenwich")]
    [InlineData("context.traits.address.state", "\"Rhode Island\"", "st", "ri")]
    [InlineData("context.traits.state", "\"RI\"", "st", "ri")]
    [InlineData("context.traits.address.postalCode", "\"02818\"", "zp", "02818")]
    [InlineData("context.traits.address.postal_code", "\"02818-1234\"", "zp", "02818")]
    [InlineData("context.traits.zip", "\"02818\"", "zp", "02818")]
    [InlineData("context.traits.address.country", "\"USA\"", "country", "us")]
    [InlineData("traits.country", "\"us\"", "country", "us")]
    public void A_trait_is_a_match_key(string path, string value, string key, string normalized) =>
        JsonPath
            .Find(Some.Segment().MapOne(JsonPath.Set(Bare, path, value)).Payload(), "user_data." + key)!
            .ToString()
            .Should()
            .Be(Some.Sha256(normalized));

    [Theory]
    [InlineData("context.ip", "\"203.0.113.7\"", "user_data.client_ip_address", "203.0.113.7")]
    [InlineData("context.userAgent", "\"UA\"", "user_data.client_user_agent", "UA")]
    [InlineData("context.page.url", "\"https://a.test/\"", "event_source_url", "https://a.test/")]
    [InlineData("properties.fbc", "\"fb.1.1795262300000.A\"", "user_data.fbc", "fb.1.1795262300000.A")]
    [InlineData("context.fbp", "\"fb.1.1795262300000.2\"", "user_data.fbp", "fb.1.1795262300000.2")]
    [InlineData("userId", "12345678901234567890", "user_data.external_id.0", "12345678901234567890")]
    public void The_conversions_api_gets_what_the_browser_said(
        string path,
        string value,
        string target,
        string expected
    ) =>
        JsonPath
            .Find(Some.Segment().MapOne(JsonPath.Set(Bare, path, value)).Payload(), target)!
            .ToString()
            .Should()
            .Be(expected);

    [Fact]
    public void The_anonymous_id_is_no_match_key() =>
        Some.Segment()
            .MapOne("""{"type":"track","event":"Product Added","anonymousId":"a"}""")
            .Reason.Should()
            .Be("insufficient_customer_information");

    [Theory]
    [InlineData(
        "Order Completed",
        SegmentValueField.Value,
        """{"revenue":39.95,"value":1,"total":2,"price":3}""",
        "39.95"
    )]
    [InlineData("Order Completed", SegmentValueField.Price, """{"revenue":"$39.95","price":3}""", "39.95")]
    [InlineData("Order Completed", SegmentValueField.Value, """{"total":42}""", "42")]
    [InlineData("Product Added", SegmentValueField.Value, """{"revenue":39.95,"value":18.990,"price":3}""", "18.990")]
    [InlineData("Product Added", SegmentValueField.Price, """{"revenue":39.95,"value":1,"price":3}""", "3")]
    [InlineData("Product Added", SegmentValueField.Value, """{"price":3}""", null)]
    public void The_value_comes_from(string name, SegmentValueField field, string properties, string? expected)
    {
        var custom = Some.Segment(options => options.Of<SegmentOptions>().ValueFieldIdentifier = field)
            .MapOne(JsonPath.Set(JsonPath.Set(Bare, "event", $"\"{name}\""), "properties", properties))
            .Payload()["custom_data"];
        JsonPath.Find(custom, expected is null ? "currency" : "value")?.ToString().Should().Be(expected);
    }

    [Fact]
    public void A_purchase_without_revenue_is_rejected() =>
        Some.Segment().MapOne(JsonPath.Set(Bare, "event", "\"Order Completed\"")).Reason.Should().Be("missing_value");

    [Fact]
    public void A_value_without_a_currency_is_in_US_dollars_as_Segments_spec_says() =>
        Some.Segment().MapOne(JsonPath.Set(Bare, "properties.value", "1")).Payload()["custom_data"]!["currency"]!
            .ToString()
            .Should()
            .Be("USD");

    [Fact]
    public void A_product_list_is_a_product_group_of_its_category()
    {
        var body = JsonPath.Set(
            JsonPath.Set(Bare, "event", "\"Product List Viewed\""),
            "properties",
            """{"category":"Games","products":[{"product_id":"p1"}],"list_id":"l"}"""
        );
        var custom = Some.Segment().MapOne(body).Payload()["custom_data"]!;

        custom["content_type"]!.ToString().Should().Be("product_group");
        custom["content_ids"].ShouldBe("""["Games"]""");
        custom.AsObject().Should().NotContainKey("category").And.ContainKey("list_id");
    }

    [Fact]
    public void Products_without_an_id_are_left_out_with_a_warning()
    {
        var result = Some.Segment()
            .MapOne(JsonPath.Set(Bare, "properties.products", """[{"product_id":"p1","price":"x"},{"price":2}]"""));

        result
            .Payload()["custom_data"]
            .ShouldBe("""{"content_type":"product","content_ids":["p1"],"contents":[{"id":"p1"}]}""");
        result.Warnings.Should().BeEquivalentTo("invalid_number", "content_without_id");
    }

    [Fact]
    public void A_missing_properties_object_never_fails_the_event() =>
        Some.Segment().MapOne(JsonPath.Set(Bare, "properties", "[]")).Outcome.Should().Be(Outcome.Accepted);

    [Fact]
    public void Custom_data_is_every_property_that_was_not_used()
    {
        var body = JsonPath.Set(
            Bare,
            "properties",
            """
            {"value":1,"currency":"usd","fbc":"fb.1.1795262300000.A","coupon":"c","position":3,
             "none":null,"blank":" ","big":12345678901234567890}
            """
        );
        Some.Segment()
            .MapOne(body)
            .Payload()["custom_data"]
            .ShouldBe(
                """
                {"value":1,"currency":"USD","content_type":"product","coupon":"c","position":3,
                 "big":12345678901234567890}
                """
            );
    }

    private static EventSetRow Row(string name, string id) => new() { Event = name, EventSetId = id };
}
