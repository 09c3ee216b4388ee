using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Targets.Meta;

public class EventCleanerTests
{
    private const string Batch = """
        {"user_identities":{"email":"a@b.co"},"events":[{"event_type":"commerce_event","data":{"currency_code":"EUR",
          "custom_attributes":{"value":9,"currency":"XXX","contents":[{}],"order_id":"attribute","content_ids":["c"],
           "colour":"red"},
          "product_action":{"action":"purchase","total_amount":5,"transaction_id":"t"}}}]}
        """;

    [Fact]
    public void A_free_property_never_collides_with_Metas_own_of_the_same_name() =>
        Some.MParticle()
            .MapOne(Batch)
            .Payload()["custom_data"]
            .ShouldBe("""{"value":5,"currency":"EUR","order_id":"t","content_ids":["c"],"colour":"red"}""");

    [Fact]
    public void The_content_type_content_ids_and_item_number_of_the_source_win_over_properties_of_the_same_name()
    {
        const string Viewed = """
            {"type":"track","event":"Product List Viewed","userId":"u","properties":{"category":"Games",
             "content_type":"x","content_ids":["x"]}}
            """;
        const string Added = """
            {"type":"track","event":"Product Added","userId":"u","properties":{"item_number":7,
             "content_type":"x"}}
            """;

        Some.Segment()
            .MapOne(Viewed)
            .Payload()["custom_data"]
            .ShouldBe("""{"content_type":"product_group","content_ids":["Games"]}""");
        Some.RudderStack()
            .MapOne(Added)
            .Payload()["custom_data"]
            .ShouldBe("""{"value":0,"currency":"USD","content_type":"product","item_number":"7"}""");
    }

    [Fact]
    public void In_the_offline_events_shape_they_are_kept_in_an_object_of_their_own()
    {
        var payload = Some.MParticle(options => options.Api = MetaApi.OfflineEvents).MapOne(Batch).Payload();
        payload["custom_data"].ShouldBe("""{"value":9,"currency":"XXX","order_id":"attribute","colour":"red"}""");
        payload["content_ids"].ShouldBe("""["c"]""");
    }
}
