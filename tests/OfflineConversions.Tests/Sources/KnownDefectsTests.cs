using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>Defects of the vendors' own connectors that must not return.</summary>
public class KnownDefectsTests
{
    private const string RudderStack = """
        {"type":"track","event":"Order Completed","messageId":"m","userId":"u","properties":{"value":5,"price":7,
         "currency":"EUR"}}
        """;
    private const string Segment = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";

    [Theory]
    [InlineData(MetaApi.ConversionsApi)]
    [InlineData(MetaApi.OfflineEvents)]
    public void An_event_mapped_to_two_standard_events_keeps_each_its_own_name(MetaApi api)
    {
        var result = Some.RudderStack(options =>
            {
                options.Api = api;
                options.Of<RudderStackOptions>().EventsToStandard =
                [
                    new() { From = "Order Completed", To = "Purchase" },
                    new() { From = "Order Completed", To = "AddToCart" },
                ];
            })
            .MapOne(RudderStack);

        result
            .Deliveries.Select(delivery => JsonNode.Parse(delivery.Payload.Span)!["event_name"]!.ToString())
            .Should()
            .Equal("Purchase", "AddToCart");
    }

    [Fact]
    public void Date_of_birth_hashes_differ_between_people()
    {
        var people = ((string[])["1990-04-03", "1990-04-04", "1990-05-03", "1991-04-03"]).Select(day =>
        {
            var body = JsonPath.Set(RudderStack, "traits.birthday", $"\"{day}\"");
            var keys = Some.RudderStack(options => options.Api = MetaApi.OfflineEvents).MapOne(body).Payload()[
                "match_keys"
            ]!;
            var whole = Some.RudderStack().MapOne(body).Payload()["user_data"]!["db"];
            return $"{keys["doby"]} {keys["dobm"]} {keys["dobd"]} {whole}";
        });

        people.Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("context.traits.firstName", "José", "fn")]
    [InlineData("context.traits.city", "東京", "ct")]
    [InlineData("context.traits.email", "jürgen@example.com", "em.0")]
    public void Non_ascii_is_hashed_as_utf_8(string path, string value, string key)
    {
        var utf8 = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(value.ToLowerInvariant()))
        );
        JsonPath
            .Find(Some.Segment().MapOne(JsonPath.Set(Segment, path, $"\"{value}\"")).Payload(), "user_data." + key)!
            .ToString()
            .Should()
            .Be(utf8);
    }

    public static TheoryData<string, string, string> PlacesOfKeys =>
        new()
        {
            { SourceName.MParticle, "user_identities.email", "em.0" },
            { SourceName.MParticle, "user_attributes.$City", "ct" },
            { SourceName.Segment, "context.traits.phone", "ph.0" },
            { SourceName.Segment, "context.traits.address.country", "country" },
            { SourceName.RudderStack, "traits.email", "em.0" },
            { SourceName.RudderStack, "traits.birthday", "db" },
            { SourceName.CommandersAct, "user.gender", "ge" },
            { SourceName.CommandersAct, "user.zipcode", "zp" },
        };

    [Theory]
    [MemberData(nameof(PlacesOfKeys))]
    public void What_already_is_a_hash_is_not_hashed_again(string source, string path, string key)
    {
        var hash = Some.Sha256("anything");
        foreach (var given in (string[])[hash, hash.ToUpperInvariant(), $" {hash} "])
        {
            JsonPath
                .Find(Map(source, path, given), "user_data." + key)!
                .ToString()
                .Should()
                .Be(given.Trim().ToLowerInvariant());
        }

        // Meta's parameter builder marks its hashes; they pass as they are.
        foreach (var suffix in (string[])[".AQ", ".AQYCAQAA"])
        {
            JsonPath.Find(Map(source, path, hash + suffix), "user_data." + key)!.ToString().Should().Be(hash + suffix);
        }
    }

    [Fact]
    public void Custom_data_repeats_no_match_key_in_any_spelling()
    {
        string[] spellings =
        [
            "email",
            "Email",
            "phone",
            "phone_number",
            "firstName",
            "first_name",
            "LASTNAME",
            "zip",
            "postal-code",
            "city",
            "state",
            "country",
            "gender",
            "birthday",
            "external_id",
            "fbp",
        ];
        foreach (var spelling in spellings)
        {
            var body = JsonPath.Set(JsonPath.Set(Segment, "properties.kept", "1"), "properties." + spelling, "\"x\"");
            Some.Segment().MapOne(body).Payload()["custom_data"].ShouldBe("""{"content_type":"product","kept":1}""");
        }
    }

    [Theory]
    [InlineData("traits.zip", "90009", "zp", "90009")]
    [InlineData("traits.phone", "12025550146", "ph.0", "12025550146")]
    [InlineData("traits.address.postalCode", "1000", "zp", "1000")]
    public void A_numeric_zip_or_phone_works(string path, string number, string key, string normalized) =>
        JsonPath
            .Find(Some.RudderStack().MapOne(JsonPath.Set(RudderStack, path, number)).Payload(), "user_data." + key)!
            .ToString()
            .Should()
            .Be(Some.Sha256(normalized));

    [Theory]
    [InlineData("7")]
    [InlineData("9007199254740993")]
    [InlineData("12345678901234567890")]
    public void A_numeric_user_id_works_and_keeps_its_digits(string id)
    {
        Some.RudderStack().MapOne(JsonPath.Set(RudderStack, "userId", id)).Payload()["user_data"]!
            ["external_id"]
            .ShouldBe($"[\"{id}\"]");
        Some.Segment().MapOne(JsonPath.Set(Segment, "userId", id)).Payload()["user_data"]!
            ["external_id"]
            .ShouldBe($"[\"{id}\"]");
        Some.CommandersAct().MapOne($$$"""{"event_name":"search","user":{"id":{{{id}}}}}""").Payload()["user_data"]!
            ["external_id"]
            .ShouldBe($"[\"{id}\"]");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("\"none\"")]
    public void Missing_or_strange_properties_never_fail_the_event(string properties)
    {
        Some.RudderStack()
            .MapOne(JsonPath.Set(RudderStack, "properties", properties))
            .Outcome.Should()
            .Be(Outcome.Accepted);
        Some.Segment().MapOne(JsonPath.Set(Segment, "properties", properties)).Outcome.Should().Be(Outcome.Accepted);
    }

    [Theory]
    [InlineData("\"http://[::bad?fbclid=%zz\"")]
    [InlineData("\"not a url\"")]
    [InlineData("null")]
    [InlineData("{}")]
    public void A_broken_page_address_never_fails_the_event(string url)
    {
        Some.RudderStack()
            .MapOne(JsonPath.Set(RudderStack, "context.page.url", url))
            .Outcome.Should()
            .Be(Outcome.Accepted);
        Some.Segment().MapOne(JsonPath.Set(Segment, "context.page.url", url)).Outcome.Should().Be(Outcome.Accepted);
    }

    [Fact]
    public void The_value_field_identifier_is_honoured()
    {
        Some.RudderStack().MapOne(RudderStack).Payload()["custom_data"]!["value"]!.ToString().Should().Be("5");
        Some.RudderStack(options => options.Of<RudderStackOptions>().ValueFieldIdentifier = "properties.price")
            .MapOne(RudderStack)
            .Payload()["custom_data"]!["value"]!
            .ToString()
            .Should()
            .Be("7");
    }

    [Theory]
    [InlineData("traits")]
    [InlineData("context.traits")]
    public void State_and_country_of_an_address_count(string traits)
    {
        var body = JsonPath.Set(
            RudderStack,
            traits + ".address",
            """{"city":"New Orleans","state":"Louisiana","postalCode":"70112","country":"USA"}"""
        );
        var person = Some.RudderStack().MapOne(body).Payload()["user_data"]!;
        person["st"]!.ToString().Should().Be(Some.Sha256("la"));
        person["country"]!.ToString().Should().Be(Some.Sha256("us"));
        person["ct"]!.ToString().Should().Be(Some.Sha256("neworleans"));
        person["zp"]!.ToString().Should().Be(Some.Sha256("70112"));
    }

    [Fact]
    public void An_upload_tag_with_spaces_and_ampersands_stays_intact() =>
        Some.RudderStack()
            .MapOne(JsonPath.Set(RudderStack, "properties.upload_tag", "\"Week 12 & 13 / <north>?x=1#y\""))
            .Deliveries[0]
            .UploadTag.Should()
            .Be("Week 12 & 13 / <north>?x=1#y");

    private static JsonObject Map(string source, string path, string value) =>
        (
            source switch
            {
                SourceName.MParticle => Some.MParticle()
                    .MapOne(
                        JsonPath.Set(
                            """
                            {"user_identities":{"email":"a@b.co"},"events":[{"event_type":"commerce_event",
                             "data":{"product_action":{"action":"view_detail"}}}]}
                            """,
                            path,
                            $"\"{value}\""
                        )
                    ),
                SourceName.Segment => Some.Segment().MapOne(JsonPath.Set(Segment, path, $"\"{value}\"")),
                SourceName.RudderStack => Some.RudderStack().MapOne(JsonPath.Set(RudderStack, path, $"\"{value}\"")),
                _ => Some.CommandersAct()
                    .MapOne(JsonPath.Set("""{"event_name":"search","user":{"id":"u"}}""", path, $"\"{value}\"")),
            }
        ).Payload();
}
