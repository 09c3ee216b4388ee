using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Origins;
using OfflineConversions.Sources;
using OfflineConversions.Sources.FlatFile;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Origins;

/// <summary>Where each field of Meta's JSON comes from, for every source.</summary>
public sealed class OriginTraceTests
{
    private const string Order = """
        {"type":"track","event":"Order Completed","messageId":"m-1","timestamp":"2026-11-21T10:00:00Z",
          "userId":"u 1","context":{"ip":"93.184.216.34","traits":{"email":"jane@example.com","gender":"female",
          "phone":"+44 20 7946 0018","address":{"country":"United Kingdom","postalCode":"NR9 5AL"}}},
          "properties":{"total":99,"revenue":39.95,"currency":"EUR","order_id":"o-1","coupon":"autumn",
          "products":[{"product_id":"p-1","quantity":9,"price":5},{"product_id":"p-2","quantity":1,"price":7}]}}
        """;

    [Theory]
    [InlineData("event_name", "event")]
    [InlineData("event_id", "messageId")]
    [InlineData("event_time", "timestamp")]
    [InlineData("user_data.em", "context.traits.email")]
    [InlineData("user_data.ph", "context.traits.phone")]
    [InlineData("user_data.ge", "context.traits.gender")]
    [InlineData("user_data.country", "context.traits.address.country")]
    [InlineData("user_data.client_ip_address", "context.ip")]
    [InlineData("custom_data.value", "properties.revenue")]
    [InlineData("custom_data.currency", "properties.currency")]
    [InlineData("custom_data.order_id", "properties.order_id")]
    [InlineData("custom_data.coupon", "properties.coupon")]
    [InlineData("custom_data.contents.0.id", "properties.products.0.product_id")]
    [InlineData("custom_data.contents.0.quantity", "properties.products.0.quantity")]
    [InlineData("custom_data.contents.1.item_price", "properties.products.1.price")]
    [InlineData("action_source", null)]
    public void A_field_comes_from_the_part_that_decides_it(string field, string? origin) =>
        OriginsOf(Some.Segment(), Order)[0].Fields.Single(one => one.Path == field).Origin.Should().Be(origin);

    [Theory]
    [InlineData(SourceName.MParticle)]
    [InlineData(SourceName.Segment)]
    [InlineData(SourceName.RudderStack)]
    [InlineData(SourceName.CommandersAct)]
    public void Every_source_and_both_shapes_have_origins_for_name_person_and_money(string source)
    {
        foreach (var api in Enum.GetValues<MetaApi>())
        {
            var sale = SomeSale.Purchase(source, api);
            var origins = OriginsOf(sale.Options(), sale.Json)[0];
            var parts = origins.Fields.ToDictionary(field => field.Path, field => field.Origin, StringComparer.Ordinal);

            parts["event_name"].Should().NotBeNull(source);
            parts.Single(part => part.Key is "value" or "custom_data.value").Value.Should().NotBeNull(source);
            parts.Single(part => part.Key is "currency" or "custom_data.currency").Value.Should().NotBeNull(source);
            parts
                .Where(part =>
                    part.Key.StartsWith(
                        api == MetaApi.ConversionsApi ? "user_data." : "match_keys.",
                        StringComparison.Ordinal
                    )
                )
                .Should()
                .NotBeEmpty()
                .And.OnlyContain(part => part.Value != null);
            foreach (var part in parts.Values.OfType<string>().Where(part => part[0] != '(').SelectMany(Split))
            {
                JsonPath.Find(JsonNode.Parse(sale.Json), part).Should().NotBeNull(part);
            }
        }
    }

    [Fact]
    public void What_no_part_decides_comes_from_the_time_of_receipt_or_a_setting()
    {
        const string sale = """{"type":"track","event":"Order Completed","userId":"u","properties":{"revenue":1}}""";
        var fields = OriginsOf(Some.Segment(), sale)[0].Fields;

        fields.Single(field => field.Path == "event_time").Origin.Should().Be("(time of receipt)");
        fields.Single(field => field.Path == "custom_data.currency").Origin.Should().BeNull();
        fields.Single(field => field.Path == "custom_data.currency").Value.Should().Be("\"USD\"");
    }

    [Theory]
    [InlineData("""{"a":null,"phone":"12","email":"x@example.com"}""", "invalid_phone", "context.traits.phone")]
    [InlineData("""{"gender":"?","email":"x@example.com"}""", "invalid_gender", "context.traits.gender")]
    public void A_warning_comes_from_the_part_that_it_is_about(string traits, string warning, string origin)
    {
        var body = JsonPath.Set(Order, "context.traits", traits);

        OriginsOf(Some.Segment(), body)[0].Warnings.Should().Contain(warning, origin);
    }

    [Fact]
    public void A_warning_about_several_parts_comes_from_each_of_them()
    {
        var body = JsonPath.Set(Order, "context.traits.firstName", "\"undefined\"");
        body = JsonPath.Set(body, "context.traits.lastName", "\"N/A\"");

        OriginsOf(Some.Segment(), body)[0]
            .Warnings.Should()
            .Contain("placeholder", "context.traits.firstName, context.traits.lastName");
    }

    [Fact]
    public void Names_of_a_file_are_the_origins_of_its_rows_and_of_an_order_of_several_rows()
    {
        var options = new MappingOptions
        {
            Source = FlatFileDefinition.Instance,
            DatasetId = "1",
            DefaultCurrency = "EUR",
        };
        const string rows = """
            [{"Bon-Nr":"17","E-Mail":"anna@example.com","Betrag":"12,50","Artikel-Nr":"a"},
             {"Bon-Nr":"17","E-Mail":"anna@example.com","Betrag":"12,50","Artikel-Nr":"b"},
             {"Bon-Nr":"18","E-Mail":"otto@example.com","Betrag":"1,50","Artikel-Nr":"c"}]
            """;

        var origins = OriginsOf(options, rows);

        origins.Should().HaveCount(2);
        Of(0, "user_data.em").Should().Be("0.E-Mail");
        Of(0, "custom_data.value").Should().Be("0.Betrag");
        Of(0, "custom_data.order_id").Should().Be("0.Bon-Nr");
        Of(0, "custom_data.contents.1.id").Should().Be("1.Artikel-Nr");
        Of(1, "custom_data.order_id").Should().Be("2.Bon-Nr");
        Of(1, "event_id").Should().NotBeNull();

        string? Of(int index, string path) => origins[index].Fields.Single(field => field.Path == path).Origin;
    }

    [Fact]
    public void A_body_that_would_take_long_is_not_examined()
    {
        var properties = string.Concat(Enumerable.Range(0, 3000).Select(n => $",\"p{n}\":\"{n}\""));
        using var tree = JsonTree.Parse(
            $$$"""{"type":"track","event":"Order Completed","properties":{"a":1{{{properties}}} } }"""
        );

        OriginTrace.Of(new ConversionPipeline(Some.Segment()), tree.Root).Should().BeNull();
    }

    private static string[] Split(string parts) => parts.Split(", ");

    private static IReadOnlyList<EventOrigins> OriginsOf(MappingOptions options, string body)
    {
        using var tree = JsonTree.Parse(body);
        var pipeline = new ConversionPipeline(options);
        var receipt = new Receipt(Some.Now);
        IReadOnlyList<EventResult> results = pipeline.Map(tree.Root, receipt);
        return OriginTrace.Of(pipeline, tree.Root)!.Find(receipt, results);
    }
}
