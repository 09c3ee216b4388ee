using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>Nothing disappears silently: a property that is neither used nor sent is noted.</summary>
public class PropertyNotSentTests
{
    [Theory]
    [InlineData(SourceName.Segment, "properties", "[1,2]")]
    [InlineData(SourceName.Segment, "properties", "\"text\"")]
    [InlineData(SourceName.RudderStack, "properties", "[{\"a\":1}]")]
    [InlineData(SourceName.RudderStack, "properties", "true")]
    [InlineData(SourceName.MParticle, "events.0.data.custom_attributes", "[\"a\"]")]
    [InlineData(SourceName.MParticle, "events.0.data.custom_attributes", "7")]
    [InlineData(SourceName.Segment, "properties", "[]", false)]
    [InlineData(SourceName.RudderStack, "properties", "null", false)]
    [InlineData(SourceName.MParticle, "events.0.data.custom_attributes", "\"\"", false)]
    public void Properties_that_are_no_object_are_noted(string source, string path, string value, bool isNoted = true)
    {
        var result = SomeSale.AddToCart(source).Set(path, value).Map();
        result.Warnings.Contains("property_not_sent").Should().Be(isNoted, "{0}", string.Join(' ', result.Warnings));
    }

    [Theory]
    // Segment: the field that another one beat, and Meta's own names beside the mapped ones.
    [InlineData(SourceName.Segment, "value", "5")]
    [InlineData(SourceName.Segment, "content_type", "\"product\"")]
    [InlineData(SourceName.Segment, "email", "\"other@b.co\"")]
    [InlineData(SourceName.Segment, "currency", "{\"code\":\"EUR\"}")]
    [InlineData(SourceName.Segment, "order_id", "{\"no\":1}")]
    [InlineData(SourceName.Segment, "", "1")]
    // RudderStack: every field of a row but the first.
    [InlineData(SourceName.RudderStack, "total", "5")]
    [InlineData(SourceName.RudderStack, "revenue", "5")]
    [InlineData(SourceName.RudderStack, "price", "5")]
    [InlineData(SourceName.RudderStack, "email", "\"other@b.co\"")]
    [InlineData(SourceName.RudderStack, "content_type", "\"product\"")]
    [InlineData(SourceName.RudderStack, "order_id", "[1]")]
    // mParticle: attributes under Meta's own names.
    [InlineData(SourceName.MParticle, "value", "5")]
    [InlineData(SourceName.MParticle, "currency_", "5", false)]
    // Commanders Act: root keys that are no text, number or boolean.
    [InlineData(SourceName.CommandersAct, "shipping", "{\"tier\":\"fast\"}")]
    [InlineData(SourceName.CommandersAct, "labels", "[\"a\"]")]
    [InlineData(SourceName.CommandersAct, "currency", "[\"EUR\"]")]
    // Sent or used.
    [InlineData(SourceName.Segment, "coupon", "\"c\"", false)]
    [InlineData(SourceName.Segment, "order_id", "\"o\"", false)]
    [InlineData(SourceName.Segment, "nested", "{\"a\":[1]}", false)]
    [InlineData(SourceName.RudderStack, "coupon", "\"c\"", false)]
    [InlineData(SourceName.RudderStack, "upload_tag", "\"t\"", false)]
    [InlineData(SourceName.RudderStack, "category", "\"c\"", false)]
    [InlineData(SourceName.MParticle, "coupon", "\"c\"", false)]
    [InlineData(SourceName.CommandersAct, "coupon", "\"c\"", false)]
    [InlineData(SourceName.CommandersAct, "name", "\"n\"", false)]
    [InlineData(SourceName.CommandersAct, "status", "\"s\"", false)]
    [InlineData(SourceName.CommandersAct, "content_type", "\"product_group\"", false)]
    // Empty: there was nothing.
    [InlineData(SourceName.Segment, "total", "null", false)]
    [InlineData(SourceName.RudderStack, "total", "\"\"", false)]
    [InlineData(SourceName.CommandersAct, "labels", "[]", false)]
    [InlineData(SourceName.CommandersAct, "shipping", "{}", false)]
    public void A_property_that_is_neither_used_nor_sent_is_noted(
        string source,
        string name,
        string value,
        bool isNoted = true
    )
    {
        var result = SomeSale.Purchase(source).With(name, value).Map(options => options.DefaultCurrency = "EUR");
        result.Warnings.Contains("property_not_sent").Should().Be(isNoted, "{0}", string.Join(' ', result.Warnings));
    }

    [Theory]
    [InlineData(SourceName.Segment, "context.custom", "1")]
    [InlineData(SourceName.Segment, "anonymousId", "\"a\"")]
    [InlineData(SourceName.Segment, "properties.products", "[{\"product_id\":\"p\",\"variant\":\"v\"}]")]
    [InlineData(SourceName.RudderStack, "context.custom", "1")]
    [InlineData(SourceName.RudderStack, "properties.products", "[{\"product_id\":\"p\",\"variant\":\"v\"}]")]
    [InlineData(SourceName.MParticle, "events.0.data.product_action.coupon_code", "\"c\"")]
    [InlineData(SourceName.CommandersAct, "context.custom", "1")]
    [InlineData(SourceName.CommandersAct, "user.custom", "1")]
    [InlineData(SourceName.CommandersAct, "device", "{\"lang\":\"fr\"}")]
    [InlineData(SourceName.CommandersAct, "items", "[{\"id\":\"p\",\"coupon\":\"c\"}]")]
    public void Context_and_the_keys_of_products_do_not_count(string source, string path, string value) =>
        SomeSale.Purchase(source).Set(path, value).Map().Warnings.Should().NotContain("property_not_sent");

    [Fact]
    public void Without_copies_each_property_of_Commanders_Act_that_has_no_field_is_noted()
    {
        var sale = SomeSale.Purchase(SourceName.CommandersAct).With("coupon", "\"c\"");
        sale.Map().Warnings.Should().BeEmpty();
        sale.Map(options => options.Of<CommandersActOptions>().CopyEventProperties = false)
            .Warnings.Should()
            .Equal("property_not_sent");
    }

    [Fact]
    public void The_1_0_form_counts_the_properties_of_its_own_object()
    {
        const string Body = """
            {"event_name":"purchase","event_id":"e","device":{"user_agent":"UA"},
             "properties":{"value":1,"currency":"EUR","user":{"id":"u"},"x":X}}
            """;
        Some.CommandersAct().MapOne(Body.Replace("X", "1", StringComparison.Ordinal)).Warnings.Should().BeEmpty();
        Some.CommandersAct()
            .MapOne(Body.Replace("X", "[1]", StringComparison.Ordinal))
            .Warnings.Should()
            .Equal("property_not_sent");
    }

    [Fact]
    public void A_value_field_that_the_settings_leave_out_is_noted_where_Meta_has_no_other_place_for_it()
    {
        var sale = SomeSale.AddToCart(SourceName.Segment).Value("5").With("price", "6");
        var byPrice = sale.Map(options => options.Of<SegmentOptions>().ValueFieldIdentifier = SegmentValueField.Price);
        SomeSale.Amounts(byPrice, MetaApi.ConversionsApi)["value"]!.ToString().Should().Be("6");
        byPrice.Warnings.Should().Equal("property_not_sent");
        sale.Map().Warnings.Should().BeEmpty();
    }

    [Fact]
    public void What_the_personal_data_guard_removes_has_its_own_warning() =>
        SomeSale
            .Purchase(SourceName.Segment)
            .With("note", "\"bob@example.com\"")
            .Map()
            .Warnings.Should()
            .Equal("personal_data_removed");

    [Theory]
    [InlineData("""{"a":{"email":"b@c.de"}}""", null)]
    [InlineData("""{"a":{"b":{"c":["b@c.de"]}}}""", null)]
    [InlineData("""["b@c.de",["b@c.de"]]""", null)]
    [InlineData("""{"a":{"email":"b@c.de"},"d":1}""", """{"d":1}""")]
    [InlineData("""{"a":{"email":"b@c.de","e":{}},"d":1}""", """{"a":{"e":{}},"d":1}""")]
    [InlineData("""[["b@c.de"],[1],[]]""", """[[1],[]]""")]
    [InlineData("""[{"phone":"1"},{"x":[{"zip":"2"},3]}]""", """[{"x":[3]}]""")]
    public void Objects_and_lists_that_the_guard_has_emptied_are_removed_at_every_depth(string given, string? expected)
    {
        foreach (var source in (string[])[SourceName.Segment, SourceName.RudderStack, SourceName.MParticle])
        {
            foreach (var api in Enum.GetValues<MetaApi>())
            {
                var result = SomeSale.Purchase(source, api).With("kept", "1").With("extra", given).Map();
                result.Payload()["custom_data"]!["extra"].ShouldBe(expected ?? "null");
                result.Warnings.Should().Contain("personal_data_removed");
            }
        }
    }
}
