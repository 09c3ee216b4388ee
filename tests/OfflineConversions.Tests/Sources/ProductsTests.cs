using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>What was sold, for every source and both shapes.</summary>
public class ProductsTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0.0")]
    [InlineData("\"0\"")]
    [InlineData("\"-2\"")]
    [InlineData("-0.5")]
    public void A_line_without_a_positive_quantity_is_left_out(string quantity)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale
                .Purchase(source, api)
                .Products($$"""[{"ID":"p","quantity":{{quantity}},"price":1},{"ID":"q","quantity":2,"price":3}]""")
                .Map();
            SomeSale
                .Amounts(result, api)["contents"]
                .ShouldBe($$"""[{"id":"q","quantity":2,"{{SomeSale.PriceIn(api)}}":3}]""");
            result.Warnings.Should().Contain("invalid_quantity", source);
        }
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("\"-1,50\"")]
    [InlineData("\"(3)\"")]
    [InlineData("\"on request\"")]
    [InlineData("{}", false)]
    [InlineData("[3]")]
    public void A_price_that_is_negative_or_unreadable_is_left_out(string price, bool isNoted = true)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale
                .Purchase(source, api)
                .Products($$"""[{"ID":"p","quantity":1,"price":{{price}}}]""")
                .Map();
            SomeSale.Amounts(result, api)["contents"].ShouldBe("""[{"id":"p","quantity":1}]""");
            result.Warnings.Contains("invalid_number").Should().Be(isNoted, source);
        }
    }

    [Theory]
    [InlineData("""[{"ID":"p","quantity":2,"price":3}]""")]
    [InlineData("""{"ID":"p","quantity":2,"price":3}""")]
    [InlineData("""{"0":{"ID":"p","quantity":2,"price":3}}""")]
    [InlineData("""{"first":{"ID":"p","quantity":2,"price":3}}""")]
    [InlineData("\"[{\\\"ID\\\":\\\"p\\\",\\\"quantity\\\":2,\\\"price\\\":3}]\"")]
    [InlineData("\" [ {\\\"ID\\\":\\\"p\\\", \\\"quantity\\\":2, \\\"price\\\":3} ] \"")]
    [InlineData("\"{\\\"ID\\\":\\\"p\\\",\\\"quantity\\\":2,\\\"price\\\":3}\"")]
    [InlineData("\"{\\\"0\\\":{\\\"ID\\\":\\\"p\\\",\\\"quantity\\\":2,\\\"price\\\":3}}\"")]
    [InlineData("[\"{\\\"ID\\\":\\\"p\\\",\\\"quantity\\\":2,\\\"price\\\":3}\"]")]
    public void Products_are_read_as_a_list_an_object_a_single_product_and_text(string products)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale.Purchase(source, api).Products(products).Map();
            SomeSale
                .Amounts(result, api)["contents"]
                .ShouldBe($$"""[{"id":"p","quantity":2,"{{SomeSale.PriceIn(api)}}":3}]""");
            result.Warnings.Should().NotContain("property_not_sent", source);
        }
    }

    [Theory]
    [InlineData("\"abc\"")]
    [InlineData("\"[{broken\"")]
    [InlineData("7")]
    [InlineData("true")]
    public void Products_of_another_kind_are_none_and_never_fail_the_event(string products)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale.Purchase(source, api).Products(products).Map();
            SomeSale.Amounts(result, api).Should().NotContainKey("contents", source);
            result.Warnings.Contains("property_not_sent").Should().Be(source != SourceName.MParticle, source);
        }
    }

    [Theory]
    [InlineData("""[{"id":"p","quantity":2,"item_price":3}]""", """[{"id":"p","quantity":2,"PRICE":3}]""")]
    [InlineData("""[{"id":"p","quantity":2,"price":"3,50 €"}]""", """[{"id":"p","quantity":2,"PRICE":3.50}]""")]
    [InlineData(
        """[{"id":7,"brand":"B","category":"C","colour":"red"}]""",
        """[{"id":"7","brand":"B","category":"C"}]"""
    )]
    [InlineData("""{"id":"p"}""", """[{"id":"p"}]""")]
    [InlineData("\"[{\\\"id\\\":\\\"p\\\",\\\"quantity\\\":1}]\"", """[{"id":"p","quantity":1}]""")]
    [InlineData(
        """[{"id":"p","quantity":1},{"quantity":1},{"id":"q","quantity":0}]""",
        """[{"id":"p","quantity":1}]"""
    )]
    [InlineData("""[{"id":"p","item_price":-1}]""", """[{"id":"p"}]""")]
    public void Contents_in_Metas_own_shape_are_used_where_there_are_no_products(string contents, string expected)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale.Purchase(source, api).With("contents", contents).Map();
            var written = JsonNode
                .Parse(expected.Replace("PRICE", SomeSale.PriceIn(api), StringComparison.Ordinal))!
                .AsArray();
            if (source == SourceName.RudderStack)
            {
                foreach (var content in written)
                {
                    content!["quantity"] ??= 1;
                }
            }

            SomeSale.Amounts(result, api)["contents"].ShouldBe(written.ToJsonString());
            result.Warnings.Should().NotContain("property_not_sent", source);
        }
    }

    [Fact]
    public void Products_win_over_contents()
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale
                .Purchase(source, api)
                .Products("""[{"ID":"p","quantity":1,"price":3}]""")
                .With("contents", """[{"id":"other"}]""")
                .Map();
            SomeSale
                .Amounts(result, api)["contents"]
                .ShouldBe($$"""[{"id":"p","quantity":1,"{{SomeSale.PriceIn(api)}}":3}]""");
            result.Warnings.Should().Contain("property_not_sent", source);
        }
    }

    [Theory]
    [InlineData("\"a\"", """["a"]""")]
    [InlineData("7", """["7"]""")]
    [InlineData("12345678901234567890", """["12345678901234567890"]""")]
    [InlineData("\"a,b\"", """["a","b"]""")]
    [InlineData("\" a , b ,, c \"", """["a","b","c"]""")]
    [InlineData("""["a","b"]""", """["a","b"]""")]
    [InlineData("""[1,"b",2.0]""", """["1","b","2"]""")]
    [InlineData("""["a",null,""]""", """["a"]""")]
    [InlineData("\"[\\\"a\\\",\\\"b\\\"]\"", """["a","b"]""")]
    [InlineData("\"[1, 2]\"", """["1","2"]""")]
    public void Content_ids_become_a_list_of_strings(string given, string expected)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale.Purchase(source, api).With("content_ids", given).Map();
            SomeSale.Amounts(result, api)["content_ids"].ShouldBe(expected);
            result.Warnings.Should().NotContain("invalid_content_ids", source);
            result.Warnings.Should().NotContain("property_not_sent", source);
        }
    }

    [Theory]
    [InlineData("true", null)]
    [InlineData("""{"id":"a"}""", null)]
    [InlineData("\"{\\\"id\\\":\\\"a\\\"}\"", null)]
    [InlineData("\"[a,b\"", null)]
    [InlineData("\",,\"", null)]
    [InlineData("""[["a"]]""", null)]
    [InlineData("""[{"id":"a"}]""", null)]
    [InlineData("""["a",{"id":"b"},true]""", """["a"]""")]
    public void Content_ids_of_other_shapes_are_left_out(string given, string? expected)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale.Purchase(source, api).With("content_ids", given).Map();
            SomeSale.Amounts(result, api)["content_ids"]?.ToJsonString().Should().Be(expected, source);
            SomeSale.Amounts(result, api).ContainsKey("content_ids").Should().Be(expected is not null, source);
            result.Warnings.Should().Contain("invalid_content_ids", source);
        }
    }

    [Theory]
    [InlineData("""[{"sku":"s"}]""", "s")]
    [InlineData("""[{"id":"i"}]""", "i")]
    [InlineData("""[{"product_id":"p","sku":"s","id":"i"}]""", "p")]
    [InlineData("""[{"productId":"p","sku":"s"}]""", "p")]
    [InlineData("""[{"product_id":"","sku":"s"}]""", "s")]
    [InlineData("""[{"sku":45790}]""", "45790")]
    public void A_Segment_product_without_product_id_is_known_by_its_sku_or_id(string products, string expected)
    {
        var amounts = SomeSale.Purchase(SourceName.Segment).Set("properties.products", products).Amounts();
        amounts["contents"]![0]!["id"]!.ToString().Should().Be(expected);
        amounts["content_ids"].ShouldBe($"[\"{expected}\"]");
    }

    [Theory]
    [InlineData("Product Added", "sku", true)]
    [InlineData("Product Viewed", "id", true)]
    [InlineData("Product Added to Wishlist", "id", true)]
    [InlineData("Checkout Started", "sku", true)]
    [InlineData("Checkout Started", "id", false)]
    public void A_single_Segment_product_is_known_by_its_sku_and_in_product_events_by_its_id(
        string name,
        string property,
        bool isProduct
    )
    {
        var result = SomeSale.Purchase(SourceName.Segment).Set("event", $"\"{name}\"").With(property, "\"x\"").Map();
        var custom = result.Payload()["custom_data"]!;
        custom["content_ids"]?.ToJsonString().Should().Be(isProduct ? "[\"x\"]" : null);
        custom[property]?.ToString().Should().Be(isProduct ? null : "x");
    }
}
