using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>The limits of what a caller chooses freely, in both shapes.</summary>
public class EventLimitsTests
{
    public static TheoryData<MetaApi> Apis => [.. Enum.GetValues<MetaApi>()];

    [Theory]
    [MemberData(nameof(Apis))]
    public void A_name_of_the_source_that_is_too_long_is_rejected_although_its_name_at_Meta_is_short(MetaApi api)
    {
        var name = new string('n', 101);
        var pipeline = Some.RudderStack(options =>
        {
            options.Api = api;
            options
                .Of<OfflineConversions.Sources.RudderStack.RudderStackOptions>()
                .EventsToIds.Add(new() { From = "Other", To = "1" });
        });
        var body = """{"type":"track","event":"NAME","messageId":"m","userId":"u","properties":{"value":1}}""";

        var result = pipeline.MapOne(body.Replace("NAME", name, StringComparison.Ordinal));

        result.Outcome.Should().Be(Outcome.Rejected);
        result.Reason.Should().Be("event_name_too_long");
        result.EventName.Should().HaveLength(100, "the operator sees the beginning");
        pipeline.MapOne(body.Replace("NAME", name[1..], StringComparison.Ordinal)).Reason.Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void A_name_at_Meta_that_is_too_long_is_rejected(MetaApi api)
    {
        var pipeline = Some.RudderStack(options =>
        {
            var rudder = options.Of<OfflineConversions.Sources.RudderStack.RudderStackOptions>();
            options.Api = api;
            rudder.EventsToStandard.Add(new() { From = "Coffee Brewed", To = new string('n', 101) });
            rudder.EventsToIds.Add(new() { From = new string('n', 101), To = "1" });
        });

        pipeline
            .MapOne("""{"type":"track","event":"Coffee Brewed","messageId":"m","userId":"u"}""")
            .Reason.Should()
            .Be("event_name_too_long");
    }

    [Theory]
    [InlineData("identify", "unsupported_type")]
    [InlineData("track", "event_not_mapped")]
    public void An_event_that_is_not_for_Meta_is_ignored_and_its_long_id_is_shortened_all_the_same(
        string type,
        string reason
    )
    {
        var id = new string('i', 1000);
        var result = Some.Segment().MapOne($$"""{"type":"{{type}}","event":"{{id}}","messageId":"{{id}}"}""");

        result.Outcome.Should().Be(Outcome.Ignored);
        result.Reason.Should().Be(reason);
        result.EventId.Should().HaveLength(64);
        result.Warnings.Should().Equal("event_id_too_long");
    }
}
