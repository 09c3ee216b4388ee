using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Privacy;

namespace OfflineConversions.Tests.Privacy;

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
    [InlineData("jose\u0301@example.com", true)]
    [InlineData("सीता@example.com", true)]
    [InlineData("info@डाटामेल.भारत", true)]
    [InlineData("𝒿@example.com", true)]
    [InlineData("/login?next=%2Fa%3Femail%3Djane%2540example.com", true)]
    [InlineData("a%25252540b.co", true)]
    [InlineData("100%25 of 40b.co", false)]
    [InlineData("❤️@anna.maria", false)]
    [InlineData("Follow us 🎉@shop.de", false)]
    [InlineData("a%25", false)]
    [InlineData("a%", false)]
    public void An_email_address_is_found_wherever_it_stands(string text, bool found) =>
        PersonalDataGuard.HoldsEmail(text).Should().Be(found);

    [Theory]
    [InlineData("jose\u0301@example.com")]
    [InlineData("https://a.test/?next=%2Fb%3Fm%3Djane%2540example.com")]
    public void Such_an_address_is_taken_out_of_custom_data_at_any_depth(string text)
    {
        var custom = new CustomData();
        custom.CopyFrom(JsonElement.Parse($$"""{"a":["{{text}}","b"],"c":"{{text}}"}"""), new HashSet<string>());
        var warnings = new Warnings();

        PersonalDataGuard.Clean(custom, guard: true, warnings);

        custom.Entries.Should().ContainSingle().Which.Value.Json.GetRawText().Should().Be("""["b"]""");
        warnings.Codes.Should().Equal(Warning.PersonalDataRemoved);
    }

    [Fact]
    public void Every_name_of_a_match_key_is_kept_out_of_custom_data()
    {
        string[] names =
        [
            "em",
            "email",
            "email_address",
            "ph",
            "phone",
            "phone_number",
            "mobile",
            "mobile_number",
            "mobile_phone",
            "telephone",
            "fn",
            "first_name",
            "given_name",
            "ln",
            "last_name",
            "surname",
            "family_name",
            "full_name",
            "fi",
            "f5first",
            "f5last",
            "ge",
            "gen",
            "gender",
            "sex",
            "db",
            "dob",
            "doby",
            "dobm",
            "dobd",
            "birthday",
            "birthdate",
            "date_of_birth",
            "ct",
            "city",
            "st",
            "state",
            "zp",
            "zip",
            "zipcode",
            "postal_code",
            "postcode",
            "country",
            "external_id",
            "extern_id",
            "madid",
            "advertising_id",
            "ios_advertising_id",
            "android_advertising_id",
            "idfa",
            "gaid",
            "lead_id",
            "client_ip_address",
            "ip_address",
            "ip",
            "client_user_agent",
            "user_agent",
            "fbc",
            "fbp",
        ];
        names.Where(name => !PersonalDataGuard.IsMatchKey(name)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("order_id", "bob@example.com")]
    [InlineData("products.0.product_id", "bob@example.com")]
    [InlineData("products.0.brand", "bob@example.com")]
    [InlineData("products.0.category", "bob@example.com")]
    public void An_email_address_in_one_part_of_the_sale_costs_only_that_part(string path, string text)
    {
        const string Body =
            """{"type":"track","event":"Order Completed","userId":"u","properties":{"revenue":1,"currency":"EUR","order_id":"o","products":[{"product_id":"p","brand":"b","category":"c"},{"product_id":"q"}]}}""";
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
    [InlineData("email", true)]
    [InlineData("First Name", true)]
    [InlineData("postal_code", true)]
    [InlineData("$zip", true)]
    [InlineData("EXTERNAL-ID", true)]
    [InlineData("name", false)]
    [InlineData("position", false)]
    [InlineData("email_opt_in", false)]
    [InlineData("a_very_long_name_that_is_longer_than_any_match_key_could_ever_be", false)]
    public void A_match_keys_name_is_known_in_any_spelling(string name, bool known) =>
        PersonalDataGuard.IsMatchKey(name).Should().Be(known);

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
        var result = Some.RudderStack(options => options.PersonalDataGuard = false)
            .MapOne(
                """
                {"type":"track","event":"Order Completed","userId":"u","properties":{"city":"Rome","note":"bob@example.com","total":1}}
                """
            );
        result
            .Payload()["custom_data"]
            .ShouldBe(
                """{"value":1,"currency":"USD","content_type":"product","city":"Rome","note":"bob@example.com"}"""
            );
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
        Some.Segment()
            .MapOne("""{"type":"track","event":"Product Added","userId":"u","messageId":"bob@example.com"}""")
            .EventId.Should()
            .Be(Some.Sha256("bob@example.com"));

    [Fact]
    public void Text_that_is_no_Unicode_is_left_out() =>
        Some.Segment()
            .MapOne(
                """{"type":"track","event":"Product Added","userId":"u","properties":{"bad":"\ud800","nested":{"\udfff":1,"ok":["\ud800",1]}}}"""
            )
            .Payload()["custom_data"]
            .ShouldBe("""{"content_type":"product","nested":{"ok":[1]}}""");
}
