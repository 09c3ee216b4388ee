using OfflineConversions.Conversions;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources.MParticle;

public class MParticleSourceTests
{
    private const string Batch = """
        {"environment":"production","user_identities":{"email":"a@b.co"},
         "events":[{"event_type":"commerce_event","data":{"currency_code":"EUR","product_action":{"action":"purchase",
          "total_amount":5}}}]}
        """;

    [Theory]
    [InlineData("add_to_cart", "AddToCart", "AddToCart")]
    [InlineData("add_to_wishlist", "AddToWishList", "AddToWishlist")]
    [InlineData("checkout", "Checkout", "InitiateCheckout")]
    [InlineData("purchase", "Purchase", "Purchase")]
    [InlineData("view_detail", "ViewContent", "ViewContent")]
    public void A_product_action_gets_the_pages_name_or_Metas_own(string action, string documented, string standard)
    {
        var body = JsonPath.Set(Batch, "events.0.data.product_action.action", $"\"{action}\"");
        Some.MParticle().MapOne(body).Deliveries[0].EventName.Should().Be(documented);
        Some.MParticle(options => options.Of<MParticleOptions>().UseStandardEventNames = true)
            .MapOne(body)
            .Deliveries[0]
            .EventName.Should()
            .Be(standard);
    }

    [Theory]
    [InlineData("events.0.data.product_action.action", "\"refund\"")]
    [InlineData("events.0.data.product_action.action", "\"remove_from_cart\"")]
    [InlineData("events.0.data.product_action.action", "\"remove_from_wish_list\"")]
    [InlineData("events.0.data.product_action", "null")]
    [InlineData("events.0.event_type", "\"custom_event\"")]
    [InlineData("events.0.event_type", "null")]
    public void Anything_else_is_not_forwarded(string path, string value) =>
        Some.MParticle()
            .MapOne(JsonPath.Set(Batch, path, value))
            .Should()
            .Match<EventResult>(result => result.Outcome == Outcome.Ignored && result.Reason == "not_forwarded");

    [Theory]
    [InlineData("user_identities.email", "\" A@B.co \"", "em.0", "a@b.co")]
    [InlineData("user_attributes.$Gender", "\"Male\"", "ge", "m")]
    [InlineData("user_attributes.$gender", "\"F\"", "ge", "f")]
    [InlineData("user_attributes.$FirstName", "\"John\"", "fn", "john")]
    [InlineData("user_attributes.$firstname", "\"John\"", "fn", "john")]
    [InlineData("user_attributes.$LASTNAME", "\"O'Brien\"", "ln", "obrien")]
    [InlineData("user_attributes.$City", "\"New York\"", "ct", "newyork")]
    [InlineData("user_attributes.$Country", "\"USA\"", "country", "us")]
    public void A_match_key_is_hashed(string path, string value, string key, string normalized) =>
        JsonPath
            .Find(Some.MParticle().MapOne(JsonPath.Set(Batch, path, value)).Payload(), "user_data." + key)!
            .ToString()
            .Should()
            .Be(Some.Sha256(normalized));

    [Theory]
    [InlineData("device_info.ios_advertising_id")]
    [InlineData("device_info.android_advertising_id")]
    public void Advertising_ids_are_match_keys(string path)
    {
        var body = JsonPath.Set(Batch, path, "\"07D2EBAA-e956-407e-a1e6-f05f871bf4e2\"");
        Some.MParticle().MapOne(body).Payload()["user_data"]!["madid"]!
            .ToString()
            .Should()
            .Be("07d2ebaa-e956-407e-a1e6-f05f871bf4e2");
        Some.MParticle(options => options.Api = MetaApi.OfflineEvents).MapOne(body).Payload()["match_keys"]!["madid"]!
            .ToString()
            .Should()
            .Be(Some.Sha256("07d2ebaa-e956-407e-a1e6-f05f871bf4e2"));
    }

    [Fact]
    public void A_person_with_two_devices_has_a_list_of_advertising_ids()
    {
        var body = JsonPath.Set(
            JsonPath.Set(Batch, "device_info.ios_advertising_id", "\"07d2ebaa-e956-407e-a1e6-f05f871bf4e2\""),
            "device_info.android_advertising_id",
            "\"a26f9736-c262-47ea-988b-0b0504cee874\""
        );

        Some.MParticle().MapOne(body).Payload()["user_data"]!
            ["madid"]
            .ShouldBe("""["07d2ebaa-e956-407e-a1e6-f05f871bf4e2","a26f9736-c262-47ea-988b-0b0504cee874"]""");
    }

    [Theory]
    [InlineData("user_attributes.$Mobile", "\"+1 202 555 0146\"", "ph.0", "12025550146")]
    [InlineData("user_identities.mobile_number", "\"+1 202 555 0146\"", "ph.0", "12025550146")]
    [InlineData("user_attributes.$Zip", "10016", "zp", "10016")]
    [InlineData("user_attributes.$State", "\"NY\"", "st", "ny")]
    public void Phone_zip_and_state_are_sent_on_request_only(string path, string value, string key, string normalized)
    {
        var body = JsonPath.Set(Batch, path, value);
        JsonPath.Find(Some.MParticle().MapOne(body).Payload(), "user_data." + key).Should().BeNull();
        JsonPath
            .Find(
                Some.MParticle(options => options.Of<MParticleOptions>().AdditionalMatchKeys = true)
                    .MapOne(body)
                    .Payload(),
                "user_data." + key
            )!
            .ToString()
            .Should()
            .Be(Some.Sha256(normalized));
    }

    [Theory]
    [InlineData(CcpaLimitedDataUse.Never, "USA", "California", "true", null)]
    [InlineData(CcpaLimitedDataUse.Always, "USA", "California", "false", "1000")]
    [InlineData(CcpaLimitedDataUse.Always, "us", "TX", "false", "1005")]
    [InlineData(CcpaLimitedDataUse.Always, "us", "Rhode Island", "false", "1013")]
    [InlineData(CcpaLimitedDataUse.Always, "us", "New York", "false", null)]
    [InlineData(CcpaLimitedDataUse.Always, "de", "California", "false", null)]
    [InlineData(CcpaLimitedDataUse.Always, "", "California", "false", null)]
    [InlineData(CcpaLimitedDataUse.Always, "us", "", "false", null)]
    [InlineData(CcpaLimitedDataUse.WhenOptedOut, "us", "ca", "true", "1000")]
    [InlineData(CcpaLimitedDataUse.WhenOptedOut, "us", "ca", "false", null)]
    public void The_limited_data_use_flag_needs_the_setting_a_country_and_a_state_of_Metas_table(
        CcpaLimitedDataUse setting,
        string country,
        string state,
        string optedOut,
        string? expected
    )
    {
        var body = JsonPath.Set(
            JsonPath.Set(
                JsonPath.Set(Batch, "user_attributes.$country", $"\"{country}\""),
                "user_attributes.$state",
                $"\"{state}\""
            ),
            "consent_state.ccpa.data_sale_opt_out.consented",
            optedOut
        );
        var payload = Some.MParticle(options => options.Of<MParticleOptions>().SendCcpaLimitedDataUse = setting)
            .MapOne(body)
            .Payload();

        payload["data_processing_options_state"]?.ToString().Should().Be(expected);
        payload.ContainsKey("data_processing_options").Should().Be(expected is not null);
    }

    [Theory]
    [InlineData("""{"total_amount":0,"products":[{"id":"a","price":5}]}""", false, "0")]
    [InlineData(
        """{"total_amount":"","products":[{"id":"a","price":5.10,"quantity":3},{"id":"b","price":"0.90"}]}""",
        false,
        "6.00"
    )]
    [InlineData("""{"products":[{"id":"a","price":5.10,"quantity":3},{"id":"b","price":"0.90"}]}""", true, "16.20")]
    [InlineData("""{"products":[]}""", false, null)]
    public void The_value_is_the_total_or_the_sum_of_the_prices(string action, bool multiply, string? expected)
    {
        var body = JsonPath.Set(
            JsonPath.Set(Batch, "events.0.data.product_action", action),
            "events.0.data.product_action.action",
            "\"add_to_cart\""
        );
        var payload = Some.MParticle(options => options.Of<MParticleOptions>().MultiplyPriceByQuantity = multiply)
            .MapOne(body)
            .Payload();
        JsonPath.Find(payload, "custom_data.value")?.ToString().Should().Be(expected);
    }

    [Theory]
    [InlineData("iOS", "not_a_feed")]
    [InlineData("Android", "not_a_feed")]
    [InlineData("web", "not_a_feed")]
    [InlineData("tvOS", "not_a_feed")]
    [InlineData("out_of_band", null)]
    public void Only_feeds_are_forwarded_unless_told_otherwise(string platform, string? reason)
    {
        var body = JsonPath.Set(Batch, "device_info.platform", $"\"{platform}\"");
        Some.MParticle().MapOne(body).Reason.Should().Be(reason);
        Some.MParticle(options => options.Of<MParticleOptions>().FeedOnly = false)
            .MapOne(body)
            .Outcome.Should()
            .Be(Outcome.Accepted);
    }

    [Theory]
    [InlineData(MParticleEnvironment.Any, "development", null)]
    [InlineData(MParticleEnvironment.Production, "development", "wrong_environment")]
    [InlineData(MParticleEnvironment.Development, "production", "wrong_environment")]
    [InlineData(MParticleEnvironment.Production, "production", null)]
    public void One_environment_can_be_chosen(MParticleEnvironment setting, string environment, string? reason) =>
        Some.MParticle(options => options.Of<MParticleOptions>().Environment = setting)
            .MapOne(JsonPath.Set(Batch, "environment", $"\"{environment}\""))
            .Reason.Should()
            .Be(reason);

    [Theory]
    [InlineData("events.0.data.source_message_id", "\"s\"", "s")]
    [InlineData("events.0.data.event_id", "-8093451436421563902", "-8093451436421563902")]
    [InlineData("source_request_id", "\"r\"", "r-0")]
    public void The_event_id_comes_from(string path, string value, string expected) =>
        Some.MParticle().MapOne(JsonPath.Set(Batch, path, value)).EventId.Should().Be(expected);

    [Fact]
    public void Without_ids_two_customers_with_the_same_purchase_have_different_event_ids_and_a_repeated_post_the_same()
    {
        var other = JsonPath.Set(Batch, "user_identities.email", "\"x@y.de\"");
        Some.MParticle()
            .MapOne(Batch)
            .EventId.Should()
            .Be(Some.MParticle().MapOne(Batch).EventId)
            .And.NotBe(Some.MParticle().MapOne(other).EventId);
    }

    [Fact]
    public void A_bulk_post_keeps_each_batchs_own_person()
    {
        var results = Some.MParticle()
            .Map($"[{Batch},{JsonPath.Set(Batch, "user_identities.email", "\"x@y.de\"")},null]");
        results.Should().HaveCount(3);
        results[1].Payload()["user_data"]!["em"].ShouldBe($"""["{Some.Sha256("x@y.de")}"]""");
        results[2].Reason.Should().Be("not_an_object");
    }

    [Fact]
    public void A_purchase_without_a_currency_is_rejected_unless_the_connection_has_a_default()
    {
        var body = JsonPath.Set(Batch, "events.0.data.currency_code", "null");
        Some.MParticle().MapOne(body).Reason.Should().Be("missing_currency");
        Some.MParticle(options => options.DefaultCurrency = "GBP").MapOne(body).Payload()["custom_data"]!["currency"]!
            .ToString()
            .Should()
            .Be("GBP");
    }

    [Fact]
    public void A_batch_without_events_is_no_error() =>
        Some.MParticle().Map("""{"environment":"production","events":null}""").Should().BeEmpty();
}
