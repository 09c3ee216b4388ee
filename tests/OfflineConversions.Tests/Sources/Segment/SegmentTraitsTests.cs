using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources.Segment;

/// <summary>Segment's trait names in a different case, its lists, and user ids that are e-mail addresses.</summary>
public sealed class SegmentTraitsTests
{
    private static readonly string Body = Identity.Body(SourceName.Segment);

    [Theory]
    [InlineData("Email", "a@b.co", MatchKey.Email, "a@b.co")]
    [InlineData("EMAIL", "a@b.co", MatchKey.Email, "a@b.co")]
    [InlineData("eMail", "a@b.co", MatchKey.Email, "a@b.co")]
    [InlineData("Phone", "+16505551212", MatchKey.Phone, "16505551212")]
    [InlineData("FIRST_NAME", "Ana", MatchKey.FirstName, "ana")]
    [InlineData("FirstName", "Ana", MatchKey.FirstName, "ana")]
    [InlineData("First_Name", "Ana", MatchKey.FirstName, "ana")]
    [InlineData("LASTNAME", "Lee", MatchKey.LastName, "lee")]
    [InlineData("Last_Name", "Lee", MatchKey.LastName, "lee")]
    [InlineData("NAME", "Ana Lee", MatchKey.LastName, "lee")]
    [InlineData("GENDER", "Female", MatchKey.Gender, "f")]
    [InlineData("City", "Boston", MatchKey.City, "boston")]
    [InlineData("Address.City", "Boston", MatchKey.City, "boston")]
    [InlineData("address.STATE", "Ohio", MatchKey.State, "oh")]
    [InlineData("ADDRESS.PostalCode", "02134", MatchKey.Zip, "02134")]
    [InlineData("Postal_Code", "02134", MatchKey.Zip, "02134")]
    [InlineData("ZIP", "02134", MatchKey.Zip, "02134")]
    [InlineData("Country", "Canada", MatchKey.Country, "ca")]
    public void A_trait_is_recognised_in_any_case(string name, string value, MatchKey key, string normalized)
    {
        foreach (var root in new[] { "context.traits.", "traits." })
        {
            foreach (var api in Enum.GetValues<MetaApi>())
            {
                var body = JsonPath.Set(JsonPath.Set(Body, root + name, $"\"{value}\""), "userId", "\"u\"");
                Some.Segment(options => options.Api = api)
                    .MapOne(body)
                    .Of(key)
                    .Should()
                    .Be(Some.Sha256(normalized), root);
            }
        }
    }

    [Theory]
    [InlineData("""{"email":"exact@b.co","Email":"other@b.co"}""")]
    [InlineData("""{"Email":"other@b.co","email":"exact@b.co"}""")]
    [InlineData("""{"EMAIL":"other@b.co","email":"exact@b.co","Email":"third@b.co"}""")]
    [InlineData("""{"Email":"exact@b.co","email":""}""")]
    [InlineData("""{"email":null,"Email":"exact@b.co"}""")]
    [InlineData("""{"email":"old@b.co","email":"exact@b.co"}""")]
    public void The_exact_spelling_takes_precedence(string traits) =>
        Some.Segment()
            .MapOne(Body.Replace("\"type\"", $"\"context\":{{\"traits\":{traits}}},\"type\"", StringComparison.Ordinal))
            .Payload()["user_data"]!
            ["em"]
            .ShouldBe($"""["{Some.Sha256("exact@b.co")}"]""");

    [Fact]
    public void Traits_that_come_twice_are_those_of_the_last_place() =>
        Some.Segment()
            .MapOne(
                """
                {"type":"track","event":"Product Added","messageId":"m",
                 "traits":{"email":"a@b.co"},"traits":{"Email":"c@d.co"}}
                """
            )
            .Of(MatchKey.Email)
            .Should()
            .Be(Some.Sha256("c@d.co"));

    [Theory]
    [InlineData("emails", "email", "em", "a@b.co", "c@d.co")]
    [InlineData("Emails", "email", "em", "a@b.co", "c@d.co")]
    [InlineData("phones", "phone", "ph", "16505551212", "16505551213")]
    public void Every_entry_of_a_list_is_used(string list, string single, string key, string first, string second)
    {
        var plus = key == "ph" ? "+" : "";
        var both = JsonPath.Set(
            Body,
            "traits." + list,
            $"""["{plus}{first}","null","{plus}{second}","{plus}{first}"]"""
        );
        Keys(both, key).Should().Equal(Some.Sha256(first), Some.Sha256(second));

        var asSingle = JsonPath.Set(Body, "context.traits." + single, $"""["{plus}{first}","{plus}{second}"]""");
        Keys(asSingle, key).Should().Equal(Some.Sha256(first), Some.Sha256(second));

        var besides = JsonPath.Set(
            JsonPath.Set(Body, "context.traits." + single, $"\"{plus}{first}\""),
            "context.traits." + list,
            $"""["{plus}{second}"]"""
        );
        Keys(besides, key).Should().Equal(Some.Sha256(first), Some.Sha256(second));
    }

    [Theory]
    [InlineData("Jane@Example.com")]
    [InlineData(" jane@example.com ")]
    public void A_user_id_that_is_an_email_address_is_the_email_address_too(string userId)
    {
        foreach (var api in Enum.GetValues<MetaApi>())
        {
            var result = Some.Segment(options => options.Api = api)
                .MapOne(JsonPath.Set(Body, "userId", $"\"{userId}\""));
            result.Of(MatchKey.Email).Should().Be(Some.Sha256("jane@example.com"));
            result.Of(MatchKey.ExternalId).Should().Be(Some.Sha256("jane@example.com"));
            result.Warnings.Should().Equal("email_as_external_id");
        }
    }

    [Theory]
    [InlineData("context.traits.email")]
    [InlineData("traits.Email")]
    [InlineData("traits.emails")]
    [InlineData("properties.email")]
    public void An_email_trait_comes_before_the_user_id(string path)
    {
        var body = JsonPath.Set(JsonPath.Set(Body, "userId", "\"jane@example.com\""), path, "\"other@example.com\"");
        Keys(body, "em").Should().Equal(Some.Sha256("other@example.com"));
    }

    [Fact]
    public void A_placeholder_is_not_an_email_trait()
    {
        var body = JsonPath.Set(JsonPath.Set(Body, "userId", "\"jane@example.com\""), "traits.email", "\"undefined\"");
        Keys(body, "em").Should().Equal(Some.Sha256("jane@example.com"));
    }

    [Theory]
    [InlineData("customer-17")]
    [InlineData("jane@example")]
    [InlineData("a@b.co c@d.co")]
    public void Any_other_user_id_is_only_an_external_id(string userId) =>
        Some.Segment().MapOne(JsonPath.Set(Body, "userId", $"\"{userId}\"")).Of(MatchKey.Email).Should().BeNull();

    private static IEnumerable<string?> Keys(string body, string key) =>
        Some.Segment().MapOne(body).Payload()["user_data"]![key]!
            .AsArray()
            .Select((JsonNode? value) => value?.ToString());
}
