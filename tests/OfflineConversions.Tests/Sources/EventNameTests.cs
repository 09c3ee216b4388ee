using OfflineConversions.Conversions;

namespace OfflineConversions.Tests.Sources;

/// <summary>An operator sees what an event is called, above all if nothing sends it.</summary>
public class EventNameTests
{
    [Theory]
    [InlineData(SourceName.Segment, "event", "event_not_mapped", Outcome.Ignored)]
    [InlineData(SourceName.RudderStack, "event", "event_not_mapped", Outcome.Rejected)]
    [InlineData(SourceName.MParticle, "events.0.data.product_action.action", "not_forwarded", Outcome.Ignored)]
    public void An_event_that_no_setting_mentions_gives_its_name(
        string source,
        string path,
        string reason,
        Outcome outcome
    )
    {
        var result = SomeSale.Purchase(source).Set(path, "\"Coffee Brewed\"").Map();
        result.Should().Match<EventResult>(one => one.Outcome == outcome && one.Reason == reason);
        result.EventName.Should().Be("Coffee Brewed");
        SomeSale.Purchase(source).Set(path, "\"Mail bob@example.com\"").Map().EventName.Should().BeNull();
    }

    [Fact]
    public void An_accepted_event_gives_its_own_name_and_not_Metas()
    {
        SomeSale.Purchase(SourceName.Segment).Map().EventName.Should().Be("Order Completed");
        SomeSale.Purchase(SourceName.RudderStack).Map().EventName.Should().Be("Order Completed");
        SomeSale.Purchase(SourceName.MParticle).Map().EventName.Should().Be("purchase");
        SomeSale.Purchase(SourceName.CommandersAct).Map().EventName.Should().Be("purchase");
    }
}
