using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests;

/// <summary>What holds for every source and every body.</summary>
public class ConversionPipelineTests
{
    public static TheoryData<string, MetaApi> Dialects
    {
        get
        {
            var data = new TheoryData<string, MetaApi>();
            foreach (var source in SourceName.All)
            {
                data.Add(source, MetaApi.ConversionsApi);
                data.Add(source, MetaApi.OfflineEvents);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Arbitrary_json_never_throws_and_every_event_has_an_outcome(string source, MetaApi api)
    {
        var options = Options(source, api);
        var random = new Random(4711);
        for (var run = 0; run < 3000; run++)
        {
            var body = Mutate(JsonNode.Parse(Sample(source))!, random).ToJsonString();
            using var document = JsonTree.Parse(body);
            var pipeline = new ConversionPipeline(options);
            if (pipeline.Refuse(document.Root) is not null)
            {
                continue;
            }

            foreach (var result in pipeline.Map(document.Root, new Receipt(Some.Now)))
            {
                (result.Reason is null).Should().Be(result.Outcome == Outcome.Accepted, body);
                foreach (var delivery in result.Deliveries)
                {
                    JsonNode.Parse(delivery.Payload.Span).Should().BeOfType<JsonObject>(body);
                }

                (result.Deliveries.Count > 0).Should().Be(result.Outcome == Outcome.Accepted, body);
            }
        }
    }

    [Fact]
    public void Whoever_maps_a_long_body_hears_after_each_event_be_it_good_or_not()
    {
        using var body = JsonTree.Parse("""{"batch":[{"type":"track","event":"Order Completed"},7,{"type":"page"}]}""");
        var heard = 0;

        new ConversionPipeline(Some.Segment())
            .Map(body.Root, new Receipt(Some.Now), () => heard++)
            .Should()
            .HaveCount(3);

        heard.Should().Be(3);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void The_same_bytes_give_the_same_output_in_every_culture(string source, MetaApi api)
    {
        var options = Options(source, api);
        var expected = Output(options, Sample(source));
        var culture = CultureInfo.CurrentCulture;
        try
        {
            foreach (var name in (string[])["tr-TR", "ar-SA", "de-DE", "th-TH"])
            {
                CultureInfo.CurrentCulture = new CultureInfo(name);
                Output(options, Sample(source)).Should().Be(expected, name);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void No_canary_among_the_match_keys_appears_in_the_output(string source, MetaApi api)
    {
        var output = Output(Options(source, api), Sample(source));
        output.Should().NotBeEmpty();
        foreach (var canary in (string[])["canary", "5550146", "1990-04-03", "Xanadu", "99501"])
        {
            output.Should().NotContainEquivalentOf(canary);
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void An_event_without_an_id_gets_a_stable_one(string source, MetaApi api)
    {
        var options = Options(source, api);
        var ids = options.Map(Sample(source)).Select(result => result.EventId).ToList();
        ids.Should().NotContainNulls().And.Equal(options.Map(Sample(source)).Select(result => result.EventId));
    }

    private static string Output(MappingOptions options, string body) =>
        string.Concat(
            options
                .Map(body)
                .SelectMany(result => result.Deliveries)
                .Select(delivery =>
                    $"{delivery.DatasetId} {delivery.UploadTag} {delivery.EventId} "
                    + $"{Encoding.UTF8.GetString(delivery.Payload.Span)}\n"
                )
        );

    private static MappingOptions Options(string source, MetaApi api)
    {
        void Change(MappingOptions options)
        {
            options.Api = api;
            options.HashExternalId = true;
            if (options.SourceOptions is MParticleOptions settings)
            {
                settings.AdditionalMatchKeys = true;
            }
        }

        return source switch
        {
            SourceName.MParticle => Some.MParticle(Change),
            SourceName.Segment => Some.Segment(Change),
            SourceName.RudderStack => Some.RudderStack(Change),
            _ => Some.CommandersAct(Change),
        };
    }

    private static string Sample(string source) =>
        source switch
        {
            SourceName.MParticle => """
                {"user_identities":{"email":"canary@example.com","mobile_number":"+1 202 5550146"},
                 "user_attributes":{"$FirstName":"CanaryFirst","$LastName":"CanaryLast","$Gender":"f",
                  "$City":"Xanadu","$State":"Alaska","$Zip":"99501","$Country":"USA"},
                 "events":[{"event_type":"commerce_event","data":{"currency_code":"USD",
                  "custom_attributes":{"email":"canary@example.com","note":"canary@example.com","store":"s"},
                   "product_action":{"action":"purchase","products":[{"id":"p","price":1.5,"quantity":2}]}}}]}
                """,
            SourceName.CommandersAct => """
                {"event_name":"purchase","value":1,"currency":"EUR","email":"canary@example.com",
                 "note":"canary@example.com","city":"Xanadu","shop":"s",
                 "user":{"id":"canary-1","email":"canary@example.com","phone":"+1 202 5550146",
                  "firstname":"CanaryFirst","lastname":"CanaryLast","gender":"f",
                   "birthdate":"1990-04-03","city":"Xanadu","state":"Alaska","zipcode":"99501","country":"USA"},
                 "items":[{"product":{"id":"p","price":1.5},"quantity":2}],
                 "context":{"page":{"url":"https://a.test/?m=canary%40example.com"}},
                 "integrations":{"facebook":{"custom_data":{"phone":"+1 202 5550146",
                  "x":{"email":"canary@example.com"}}}}}
                """,
            _ => """
                {"type":"track","event":"Order Completed","userId":"canary-1",
                 "properties":{"revenue":1,"currency":"EUR","email":"canary@example.com","phone":"+1 202 5550146",
                  "city":"Xanadu","note":"canary@example.com",
                   "customer":{"firstName":"CanaryFirst","tags":["canary@example.com","ok"]},
                    "products":[{"product_id":"p","price":1.5,"quantity":2}]},
                 "context":{"page":{"url":"https://a.test/?m=canary@example.com"},
                   "traits":{"email":"canary@example.com","phone":"+1 202 5550146","firstName":"CanaryFirst",
                    "lastName":"CanaryLast","gender":"f","birthday":"1990-04-03",
                   "address":{"city":"Xanadu","state":"Alaska","postalCode":"99501","country":"USA"}}}}
                """,
        };

    private static JsonNode Mutate(JsonNode root, Random random)
    {
        for (var change = random.Next(1, 5); change > 0; change--)
        {
            var containers = Containers(root).ToList();
            var container = containers[random.Next(containers.Count)];
            if (container is JsonObject members && members.Count > 0)
            {
                var name = members.ElementAt(random.Next(members.Count)).Key;
                members[name] = Odd(random);
            }
            else if (container is JsonArray items && items.Count > 0)
            {
                items[random.Next(items.Count)] = Odd(random);
            }
        }

        return random.Next(20) == 0 ? new JsonArray(root, Odd(random)) : root;
    }

    private static IEnumerable<JsonNode> Containers(JsonNode node)
    {
        yield return node;
        var children =
            node is JsonObject members ? members.Select(member => member.Value)
            : node is JsonArray items ? items
            : [];
        foreach (var child in children.OfType<JsonNode>().Where(child => child is JsonObject or JsonArray))
        {
            foreach (var container in Containers(child))
            {
                yield return container;
            }
        }
    }

    private static JsonNode? Odd(Random random) =>
        random.Next(14) switch
        {
            0 => null,
            1 => JsonValue.Create(""),
            2 => JsonValue.Create(true),
            3 => JsonValue.Create(-1),
            4 => JsonNode.Parse("123456789012345678901234567890.5"),
            5 => JsonNode.Parse("1e300"),
            6 => new JsonObject(),
            7 => new JsonArray(),
            8 => new JsonArray(1, "a", null, new JsonObject { ["id"] = new JsonArray() }),
            9 => new JsonObject
            {
                ["id"] = 1,
                ["price"] = "x",
                ["email"] = "q@r.st",
                ["0"] = new JsonObject(),
            },
            10 => JsonValue.Create("ΐ\u0000ﬃ İ ς e\u0301 \uFFFE"),
            11 => JsonValue.Create(new string('9', 400)),
            12 => JsonValue.Create("2026-13-45T99:99:99Z"),
            _ => JsonValue.Create("?fbclid=%zz&x@y.zz"),
        };
}
