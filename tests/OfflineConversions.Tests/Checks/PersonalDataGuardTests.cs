using OfflineConversions.Checks;

namespace OfflineConversions.Tests.Checks;

public class PersonalDataGuardTests
{
    [Theory]
    [InlineData("bob@example.com", true)]
    [InlineData("write to bob.s+x@mail.example.co.uk now", true)]
    [InlineData("https://a.test/?mail=bob%40example.com", true)]
    [InlineData("user@1", false)]
    [InlineData("@nike.com", false)]
    [InlineData("https://maps.test/@48.85,2.35", false)]
    [InlineData("2 @ 5.00", false)]
    [InlineData("a@b", false)]
    [InlineData("", false)]
    [InlineData("a@b.co", true)]
    [InlineData("a@b.c", false)]
    [InlineData("a@b.c1", false)]
    [InlineData("a@b.1c", false)]
    [InlineData("a@.co", false)]
    [InlineData("a@b..co", false)]
    [InlineData("a@b-c.d2.co", true)]
    [InlineData("a@b c.co", false)]
    [InlineData("@b.co", false)]
    [InlineData(" @b.co", false)]
    [InlineData("%40b.co", false)]
    [InlineData("a%40b", false)]
    [InlineData("\"x\"@b.co", true)]
    [InlineData("first@x, second@b.co", true)]
    [InlineData("50% off", false)]
    public void An_email_address_is_found_wherever_it_stands(string text, bool found) => PersonalDataGuard.HoldsEmail(text).Should().Be(found);

    [Theory]
    [InlineData("email", true)]
    [InlineData("First Name", true)]
    [InlineData("postal_code", true)]
    [InlineData("$zip", true)]
    [InlineData("EXTERNAL-ID", true)]
    [InlineData("name", false)]
    [InlineData("position", false)]
    [InlineData("email_opt_in", false)]
    [InlineData("a_very_long_name_that_is_longer_than_any_match_key_could_ever_be", false)]
    public void A_match_keys_name_is_known_in_any_spelling(string name, bool known) => PersonalDataGuard.IsMatchKey(name).Should().Be(known);

    [Theory]
    [InlineData("https://a.test/x?mail=bob%40example.com", "https://a.test/x")]
    [InlineData("https://a.test/bob@example.com/x", null)]
    [InlineData("https://a.test/x?y=1", "https://a.test/x?y=1")]
    [InlineData("https://a.test/x#bob@example.com", "https://a.test/x")]
    [InlineData("https://a.test/x#y?bob@example.com", "https://a.test/x")]
    public void A_page_address_loses_the_email_address(string url, string? expected) =>
        PersonalDataGuard.CleanUrl(url, guard: true, new Warnings()).Should().Be(expected);

    [Fact]
    public void With_the_guard_off_everything_stays()
    {
        var result = Some.RudderStack(options => options.PersonalDataGuard = false).MapOne("""
            {"type":"track","event":"Order Completed","userId":"u","properties":{"city":"Rome","note":"bob@example.com","total":1}}
            """);
        result.Payload()["custom_data"].ShouldBe("""{"value":1,"currency":"USD","content_type":"product","city":"Rome","note":"bob@example.com"}""");
        result.Warnings.Should().BeEmpty();
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
        Some.Segment().MapOne("""{"type":"track","event":"Product Added","userId":"u","messageId":"bob@example.com"}""")
            .EventId.Should().Be(Some.Sha256("bob@example.com"));

    [Fact]
    public void Text_that_is_no_Unicode_is_left_out() =>
        Some.Segment().MapOne("""{"type":"track","event":"Product Added","userId":"u","properties":{"bad":"\ud800","nested":{"\udfff":1,"ok":["\ud800",1]}}}""")
            .Payload()["custom_data"].ShouldBe("""{"content_type":"product","nested":{"ok":[1]}}""");
}
