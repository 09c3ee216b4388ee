using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;
using static OfflineConversions.Tests.Sources.RudderStack.RudderStackFieldsTests;

namespace OfflineConversions.Tests.Sources.RudderStack;

/// <summary>What a RudderStack event's properties say about the sale.</summary>
public sealed class RudderStackPropertiesTests
{
    private const string Bare = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";
    private const string Nobody = """{"type":"track","event":"Product Added","messageId":"m"}""";

    [Fact]
    public void Products_bring_only_the_five_properties_that_Facebook_takes()
    {
        const string Products = """
            [{"sku":"s","name":"n","price":"19.90","brand":"b","category":"c","image_url":"i"},{"id":2,
             "product_id":"p","quantity":3}]
            """;
        Payload(MetaApi.ConversionsApi, Bare, "properties.products", Products)["custom_data"]!
            ["contents"]
            .ShouldBe(
                """[{"id":"s","quantity":1,"item_price":19.90,"brand":"b","category":"c"},{"id":"p","quantity":3}]"""
            );
        Payload(MetaApi.OfflineEvents, Bare, "properties.products", Products)["contents"]
            .ShouldBe("""[{"id":"s","quantity":1,"price":19.90,"brand":"b","category":"c"},{"id":"p","quantity":3}]""");
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(201, true)]
    public void An_upload_tag_without_an_end_is_none(int length, bool usual) =>
        Some.RudderStack()
            .MapOne(JsonPath.Set(Bare, "properties.upload_tag", $"\"{new string('x', length)}\""))
            .Deliveries[0]
            .UploadTag.Should()
            .Be(usual ? "RudderStack" : new string('x', length));

    [Fact]
    public void An_upload_tag_with_blanks_and_ampersands_arrives_intact() =>
        Some.RudderStack()
            .MapOne(JsonPath.Set(Bare, "properties.upload_tag", "\"a & b = c\""))
            .Deliveries[0]
            .UploadTag.Should()
            .Be("a & b = c");

    [Fact]
    public void Currency_defaults_to_US_dollars_and_value_to_zero()
    {
        Both(Bare, "type", "\"track\"", "custom_data.currency", "currency", "USD");
        Both(Bare, "type", "\"track\"", "custom_data.value", "value", "0");
    }
}
