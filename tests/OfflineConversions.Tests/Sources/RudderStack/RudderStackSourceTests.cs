using OfflineConversions.Conversions;
using OfflineConversions.Sources;
using OfflineConversions.Sources.RudderStack;

namespace OfflineConversions.Tests.Sources.RudderStack;

public class RudderStackSourceTests
{
    private const string Order = """
        {"type":"track","event":"Order Completed","messageId":"m","userId":"u","properties":{"value":5,"price":7,
         "currency":"EUR"}}
        """;

    [Fact]
    public void An_event_mapped_to_two_standard_events_keeps_each_its_own_name()
    {
        var result = Some.RudderStack(options =>
                options.Of<RudderStackOptions>().EventsToStandard = [
                    new() { From = "Order Completed", To = "Purchase" },
                    new() { From = "Order Completed", To = "AddToCart" },
                ]
            )
            .MapOne(Order);

        result.Deliveries.Select(delivery => delivery.EventName).Should().Equal("Purchase", "AddToCart");
        result
            .Deliveries.Select(delivery =>
                System.Text.Json.Nodes.JsonNode.Parse(delivery.Payload.Span)!["event_name"]!.ToString()
            )
            .Should()
            .Equal("Purchase", "AddToCart");
    }

    [Fact]
    public void A_standard_event_mapped_to_several_event_sets_goes_to_each_once()
    {
        var result = Some.RudderStack(options =>
                options.Of<RudderStackOptions>().EventsToIds = [
                    new() { From = "Purchase", To = "1" },
                    new() { From = "Purchase", To = "2" },
                    new() { From = "Purchase", To = "1" },
                ]
            )
            .MapOne(Order);

        result.Deliveries.Select(delivery => delivery.DatasetId).Should().Equal("1", "2");
    }

    [Theory]
    [InlineData("Signed Up")]
    [InlineData("order completed")]
    public void An_event_without_an_event_set_is_rejected(string name) =>
        Some.RudderStack()
            .MapOne(JsonPath.Set(Order, "event", $"\"{name}\""))
            .Should()
            .Match<EventResult>(result => result.Outcome == Outcome.Rejected && result.Reason == "event_not_mapped");

    [Fact]
    public void An_unknown_event_is_sent_as_Other_where_Other_has_an_event_set() =>
        Some.RudderStack(options => options.Of<RudderStackOptions>().EventsToIds = [new() { From = "Other", To = "1" }])
            .MapOne(JsonPath.Set(Order, "event", "\"Signed Up\""))
            .Deliveries.Should()
            .ContainSingle(delivery => delivery.EventName == "Other");

    [Theory]
    [InlineData("identify")]
    [InlineData("page")]
    [InlineData("screen")]
    [InlineData("group")]
    [InlineData("alias")]
    public void Only_track_is_supported(string type)
    {
        Some.RudderStack().MapOne(JsonPath.Set(Order, "type", $"\"{type}\"")).Reason.Should().Be("unsupported_type");
        Some.RudderStack()
            .MapOne(JsonPath.Set(Order, "type", "null"), call: type)
            .Reason.Should()
            .Be("unsupported_type", "the path states the type of a message without one");
        Some.RudderStack().MapOne(Order, call: type).Reason.Should().BeNull("a message's own type takes precedence");
    }

    [Theory]
    [InlineData("properties.value", "5")]
    [InlineData("properties.price", "7")]
    [InlineData("properties.missing", "7")]
    public void The_value_field_identifier_is_honoured(string identifier, string expected) =>
        Some.RudderStack(options => options.Of<RudderStackOptions>().ValueFieldIdentifier = identifier)
            .MapOne(Order)
            .Payload()["custom_data"]!["value"]!
            .ToString()
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("Order Completed", "[]", "product")]
    [InlineData("Product List Viewed", """[{"id":1}]""", "product")]
    [InlineData("Product List Viewed", "[]", "product_group")]
    [InlineData("Product Viewed", """[{"id":1}]""", "product")]
    [InlineData("Product Viewed", "[]", "product_group")]
    public void The_content_type_follows_the_pages_default_rules(string name, string products, string expected) =>
        ContentType(Some.RudderStack(), name, products).Should().Be(expected);

    [Fact]
    public void A_product_viewed_that_the_connection_maps_is_a_product() =>
        ContentType(
                Some.RudderStack(options =>
                    options.Of<RudderStackOptions>().EventsToStandard = [
                        new() { From = "Product Viewed", To = "ViewContent" },
                    ]
                ),
                "Product Viewed",
                "[]"
            )
            .Should()
            .Be("product");

    [Theory]
    [InlineData("[]", "product_group")]
    [InlineData("""[{"id":1}]""", "product")]
    public void Another_event_mapped_to_view_content_depends_on_its_products(string products, string expected) =>
        ContentType(
                Some.RudderStack(options =>
                    options.Of<RudderStackOptions>().EventsToStandard = [
                        new() { From = "Shelf Seen", To = "ViewContent" },
                    ]
                ),
                "Shelf Seen",
                products
            )
            .Should()
            .Be(expected);

    [Fact]
    public void A_category_that_is_mapped_sets_the_content_type_and_the_event_itself_beats_it()
    {
        var options = Some.RudderStack(options =>
            options.Of<RudderStackOptions>().CategoryToContent = [new() { From = "Games", To = "vehicle" }]
        );
        var ownCategory = JsonPath.Set(Order, "properties.category", "\"Games\"");
        var firstProducts = JsonPath.Set(Order, "properties.products", """[{"id":1,"category":"Games"}]""");
        var given = JsonPath.Set(ownCategory, "integrations.FacebookOfflineConversions.contentType", "\"hotel\"");

        options.MapOne(ownCategory).Payload()["custom_data"]!["content_type"]!.ToString().Should().Be("vehicle");
        options.MapOne(firstProducts).Payload()["custom_data"]!["content_type"]!.ToString().Should().Be("vehicle");
        options.MapOne(given).Payload()["custom_data"]!["content_type"]!.ToString().Should().Be("hotel");
    }

    [Theory]
    [InlineData("Alex Keener", "alex", "keener")]
    [InlineData("Juan Carlos de Borbón", "juan", "carlosdeborbón")]
    public void A_name_of_two_words_or_more_is_split_at_the_first_blank(string name, string first, string last)
    {
        var payload = Some.RudderStack().MapOne(JsonPath.Set(Order, "traits.name", $"\"{name}\"")).Payload();
        payload["user_data"]!["fn"]!.ToString().Should().Be(Some.Sha256(first));
        payload["user_data"]!["ln"]!.ToString().Should().Be(Some.Sha256(last));
    }

    [Fact]
    public void A_name_of_one_word_is_left_alone() =>
        Some.RudderStack().MapOne(JsonPath.Set(Order, "traits.name", "\"Alex\"")).Payload()["user_data"]!
            .AsObject()
            .Should()
            .NotContainKey("fn");

    [Fact]
    public void A_lead_id_is_no_email() =>
        Some.RudderStack()
            .MapOne(JsonPath.Set(Order, "context.externalId", """[{"id":"a@b.co","type":"LeadId"}]"""))
            .Payload()["user_data"]!
            .AsObject()
            .Should()
            .NotContainKey("em");

    [Fact]
    public void A_click_id_is_derived_from_the_page() =>
        Some.RudderStack()
            .MapOne(
                JsonPath.Set(
                    JsonPath.Set(Order, "timestamp", "\"2026-11-21T11:59:59.500Z\""),
                    "context.page.url",
                    "\"https://a.test/x?y=1&fbclid=AbC%2DdE#top\""
                )
            )
            .Payload()["user_data"]!["fbc"]!
            .ToString()
            .Should()
            .Be("fb.1.1795262399500.AbC-dE");

    [Theory]
    [InlineData("\"not a url ?fbclid\"")]
    [InlineData("\"http://[::bad?fbclid=\"")]
    [InlineData("{}")]
    [InlineData("7")]
    public void A_broken_page_never_fails_the_event(string url) =>
        Some.RudderStack().MapOne(JsonPath.Set(Order, "context.page.url", url)).Outcome.Should().Be(Outcome.Accepted);

    [Fact]
    public void Without_hashing_only_hashes_are_sent()
    {
        var hash = Some.Sha256("a").ToUpperInvariant();
        var body = JsonPath.Set(
            JsonPath.Set(Order, "traits.email", $"\"{hash}\""),
            "traits.phone",
            "\"+1 202 555 0146\""
        );
        var result = Some.RudderStack(options => options.Of<RudderStackOptions>().EnableHashing = false).MapOne(body);

        result.Payload()["user_data"].ShouldBe($$"""{"em":["{{Some.Sha256("a")}}"],"external_id":["u"]}""");
        result.Warnings.Should().Equal("property_not_sent", "unhashed_identity");
    }

    [Fact]
    public void Custom_data_repeats_no_match_key_and_nothing_that_was_mapped()
    {
        var body = """
            {"type":"track","event":"Order Completed","messageId":"m","userId":"u","properties":{
              "total":1,"currency":"EUR","email":"a@b.co","phone":"+12025550146","order_id":"o","upload_tag":"t",
               "url":"https://a.test",
              "products":[{"id":1}],"coupon":"c","firstName":"x","note":"mail bob@example.com","nested":{"zip":"1",
               "ok":[1,"z@y.de",{"city":"q","b":2}]}}}
            """;
        var result = Some.RudderStack().MapOne(body);

        result
            .Payload()["custom_data"]
            .ShouldBe(
                """
                {"value":1,"currency":"EUR","content_type":"product","contents":[{"id":"1","quantity":1}],
                 "order_id":"o","coupon":"c","nested":{"ok":[1,{"b":2}]}}
                """
            );
        result.Warnings.Should().Equal("looks_like_web", "personal_data_removed");
    }

    [Theory]
    [InlineData("""{"All":false}""", true)]
    [InlineData("""{"All":false,"Facebook Offline Conversions":true}""", false)]
    [InlineData("""{"FACEBOOK_OFFLINE_CONVERSIONS":false}""", true)]
    [InlineData("""{"All":true}""", false)]
    public void The_integrations_object_can_leave_this_destination_out(string integrations, bool ignored) =>
        Some.RudderStack()
            .MapOne(JsonPath.Set(Order, "integrations", integrations))
            .Reason.Should()
            .Be(ignored ? "disabled_by_integrations" : null);

    private static string ContentType(MappingOptions options, string name, string products) =>
        options
            .MapOne(JsonPath.Set(JsonPath.Set(Order, "event", $"\"{name}\""), "properties.products", products))
            .Payload()["custom_data"]!["content_type"]!.ToString();
}
