using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Privacy;

namespace OfflineConversions.Tests.Privacy;

public class PersonalDataGuardTests
{
    [Theory]
    [InlineData("jose\u0301@example.com")]
    [InlineData("https://a.test/?next=%2Fb%3Fm%3Djane%2540example.com")]
    public void An_email_address_is_left_out_of_custom_data_at_any_depth(string text)
    {
        var guard = new PersonalDataGuard(enabled: true);
        var (list, single) = (Json($"""["{text}","b"]"""), Json($"\"{text}\""));
        var warnings = new Warnings();

        guard.Accepts("a", list).Should().BeFalse();
        guard.Accepts("c", single).Should().BeFalse();
        guard.Clean("a", list, warnings)!.Value.Json.GetRawText().Should().Be("""["b"]""");
        guard.Clean("c", single, warnings).Should().BeNull();
        warnings.Codes.Should().Equal(Warning.PersonalDataRemoved);
    }

    [Theory]
    [InlineData("order_id", "bob@example.com")]
    [InlineData("products.0.product_id", "bob@example.com")]
    [InlineData("products.0.brand", "bob@example.com")]
    [InlineData("products.0.category", "bob@example.com")]
    public void An_email_address_in_one_part_of_the_sale_removes_only_that_part(string path, string text)
    {
        const string Body = """
            {"type":"track","event":"Order Completed","userId":"u","properties":{"revenue":1,"currency":"EUR",
             "order_id":"o","products":[{"product_id":"p","brand":"b","category":"c"},{"product_id":"q"}]}}
            """;
        var result = Some.RudderStack().MapOne(JsonPath.Set(Body, "properties." + path, $"\"{text}\""));

        result.Warnings.Should().Contain(Warning.PersonalDataRemoved);
        result.Payload().ToJsonString().Should().NotContain(text).And.Contain("\"q\"");
        Some.RudderStack(options => options.PersonalDataGuard = false)
            .MapOne(JsonPath.Set(Body, "properties." + path, $"\"{text}\""))
            .Payload()
            .ToJsonString()
            .Should()
            .Contain(text);
    }

    [Theory]
    [InlineData("https://a.test/x?mail=bob%40example.com", "https://a.test/x")]
    [InlineData("https://a.test/bob@example.com/x", null)]
    [InlineData("https://a.test/x?y=1", "https://a.test/x?y=1")]
    [InlineData("https://a.test/x#bob@example.com", "https://a.test/x")]
    [InlineData("https://a.test/x#y?bob@example.com", "https://a.test/x")]
    public void A_page_address_is_sent_without_the_email_address(string url, string? expected) =>
        new PersonalDataGuard(enabled: true).Url(url, new Warnings()).Text.Should().Be(expected);

    [Fact]
    public void With_the_guard_off_nothing_is_left_out()
    {
        var result = Some.RudderStack(options => options.PersonalDataGuard = false)
            .MapOne(
                """
                {"type":"track","event":"Order Completed","userId":"u","properties":{"city":"Rome",
                 "note":"bob@example.com","total":1}}
                """
            );
        result
            .Payload()["custom_data"]
            .ShouldBe(
                """{"value":1,"currency":"USD","content_type":"product","city":"Rome","note":"bob@example.com"}"""
            );
        result.Warnings.Should().Equal("assumed_currency");
    }

    [Fact]
    public void An_email_address_as_user_id_is_hashed()
    {
        var result = Some.Segment().MapOne("""{"type":"track","event":"Product Added","userId":"Bob@Example.com"}""");
        result.Payload()["user_data"]!["external_id"].ShouldBe($"""["{Some.Sha256("bob@example.com")}"]""");
        result.Warnings.Should().Equal("email_as_external_id");
    }

    [Fact]
    public void An_email_address_as_event_id_is_hashed() =>
        Some.Segment()
            .MapOne("""{"type":"track","event":"Product Added","userId":"u","messageId":"bob@example.com"}""")
            .EventId.Should()
            .Be(Some.Sha256("bob@example.com"));

    [Fact]
    public void Text_that_is_not_Unicode_is_left_out() =>
        Some.Segment()
            .MapOne(
                """
                {"type":"track","event":"Product Added","userId":"u","properties":{"bad":"\ud800",
                 "nested":{"\udfff":1,"ok":["\ud800",1]}}}
                """
            )
            .Payload()["custom_data"]
            .ShouldBe("""{"content_type":"product","nested":{"ok":[1]}}""");

    private static CustomValue Json(string json) => new(JsonTree.Parse(json).Root, Text: null);
}
