using OfflineConversions.Conversions;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Targets.Meta;

public class PricingTests
{
    private const string Purchase =
        """{"event_name":"purchase","value":1,"currency":"EUR","user":{"email":"a@b.co"},"context":{"event_id":"e"}}""";

    [Theory]
    [InlineData("currency", "null", "value_without_currency")]
    [InlineData("currency", "\"XYZ\"", "unknown_currency")]
    public void Another_event_is_sent_without_a_value_that_Meta_would_refuse(string path, string value, string warning)
    {
        var result = Some.CommandersAct()
            .MapOne(JsonPath.Set(JsonPath.Set(Purchase, "event_name", "\"search\""), path, value));
        result.Payload()["custom_data"].ShouldBe("""{"content_type":"product"}""");
        result.Warnings.Should().Equal("missing_user_agent", warning);
    }

    [Theory]
    [InlineData(MetaApi.OfflineEvents, "rejected", "missing_value")]
    [InlineData(MetaApi.ConversionsApi, "accepted", null)]
    public void The_legacy_shape_ignores_the_case_of_Purchase(MetaApi api, string outcome, string? reason)
    {
        var result = Some.CommandersAct(options => options.Api = api)
            .MapOne("""{"event_name":"PURCHASE","user":{"email":"a@b.co"},"context":{"event_id":"e"}}""");

        result.Outcome.ToString().Should().BeEquivalentTo(outcome);
        result.Reason.Should().Be(reason);
    }

    [Fact]
    public void An_unknown_currency_is_never_replaced_by_the_default() =>
        Some.CommandersAct(options => options.DefaultCurrency = "EUR")
            .MapOne(JsonPath.Set(Purchase, "currency", "\"XYZ\""))
            .Reason.Should()
            .Be("unknown_currency");

    [Fact]
    public void Of_several_targets_only_the_impossible_one_is_left_out()
    {
        var result = Some.Segment(options =>
            {
                options.Of<SegmentOptions>().Events = [new() { Event = "Order Completed", EventSetId = "1" }];
                options.Of<SegmentOptions>().LeadEvents = [new() { Event = "Order Completed", EventSetId = "1" }];
            })
            .MapOne("""{"type":"track","event":"Order Completed","userId":"u"}""");

        result.Deliveries.Should().ContainSingle(delivery => delivery.EventName == "Lead");
        result.Warnings.Should().Equal("missing_value");
    }
}
