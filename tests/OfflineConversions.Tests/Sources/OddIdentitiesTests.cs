using OfflineConversions.Conversions;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>Identities in odd types and in odd places.</summary>
public sealed class OddIdentitiesTests
{
    private const string Segment = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";
    private const string RudderStack = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";
    private const string CommandersAct =
        """{"event_name":"purchase","value":1,"currency":"EUR","user":{"id":"u"},"context":{"event_id":"e"}}""";

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
            """
                {"user_identities":{"email":"a@b.co"},"user_attributes":{"$City":"Rome"},
                 "device_info":{"platform":"out_of_band"},"events":[{"event_type":"commerce_event",
                 "data":{"custom_attributes":{"x":{"y":1}},"product_action":{"action":"view_detail",
                 "products":[{"id":"p"}]}}}]}
                """,
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
            {"order_id":"bob@example.com","item_number":"bob@example.com/1","products":[{"id":"bob@example.com",
             "price":1},{"id":"p","brand":"bob@example.com","category":"c"}]}
            """
        );
        foreach (var api in Enum.GetValues<MetaApi>())
        {
            var result = Some.RudderStack(options => options.Api = api).MapOne(body);
            result.Payload().ToJsonString().Should().NotContain("bob").And.Contain("\"category\":\"c\"");
            result.Warnings.Should().Equal("assumed_currency", "personal_data_removed", "content_without_id");
        }
    }
}
