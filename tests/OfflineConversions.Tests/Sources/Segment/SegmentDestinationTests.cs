using OfflineConversions.Conversions;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources.Segment;

/// <summary>What a Segment message or batch says to this destination.</summary>
public sealed class SegmentDestinationTests
{
    private const string Bare = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";

    [Theory]
    [InlineData("integrations.Facebook Offline Conversions.leadId")]
    [InlineData("integrations.facebookOfflineConversions.leadId")]
    [InlineData("integrations.facebook_offline_conversions.leadId")]
    [InlineData("context.Facebook Offline Conversions.leadId")]
    public void The_lead_id_is_found_in_either_place_and_any_spelling(string path) =>
        Some.Segment().MapOne(JsonPath.Set(Bare, path, "\"123456789012345\"")).Payload()["user_data"]!["lead_id"]!
            .ToString()
            .Should()
            .Be("123456789012345");

    [Theory]
    [InlineData("""{"All":false}""", true)]
    [InlineData("""{"All":false,"Facebook Offline Conversions":{"leadId":"1"}}""", false)]
    [InlineData("""{"All":false,"Facebook Offline Conversions":true}""", false)]
    [InlineData("""{"Facebook Offline Conversions":false}""", true)]
    [InlineData("""{"Segment.io":true}""", false)]
    [InlineData("""{"Facebook Offline Conversions":false,"facebookOfflineConversions":true}""", true)]
    [InlineData("""{"facebookOfflineConversions":true,"Facebook Offline Conversions":false}""", true)]
    [InlineData("""{"facebookOfflineConversions":false,"Facebook Offline Conversions":true}""", false)]
    [InlineData("""{"All":true,"all":false}""", false)]
    [InlineData("""{"all":true,"All":false}""", true)]
    public void The_integrations_object_can_leave_this_destination_out(string integrations, bool ignored) =>
        Some.Segment()
            .MapOne(JsonPath.Set(Bare, "integrations", integrations))
            .Reason.Should()
            .Be(ignored ? "disabled_by_integrations" : null);

    [Theory]
    [InlineData(
        """{"Facebook Offline Conversions":{"dataProcessingOptions":[["LDU"],1,1000]}}""",
        """["LDU"]""",
        "1000"
    )]
    [InlineData("{}", "[]", null)]
    public void Limited_data_use_passes_the_events_options_on_or_says_explicitly_none(
        string integrations,
        string options,
        string? state
    )
    {
        var payload = Some.Segment(settings => settings.Of<SegmentOptions>().LimitedDataUse = true)
            .MapOne(JsonPath.Set(Bare, "integrations", integrations))
            .Payload();
        payload["data_processing_options"].ShouldBe(options);
        payload["data_processing_options_state"]?.ToString().Should().Be(state);
    }

    [Fact]
    public void Without_the_setting_no_data_processing_options_are_sent() =>
        Some.Segment()
            .MapOne(
                JsonPath.Set(
                    Bare,
                    "integrations",
                    """{"Facebook Offline Conversions":{"dataProcessingOptions":[["LDU"],1,1000]}}"""
                )
            )
            .Payload()
            .Should()
            .NotContainKey("data_processing_options");

    [Fact]
    public void A_batch_lends_its_context_and_integrations_to_each_message_and_the_message_wins()
    {
        const string Body = """
            {"batch":[
               {"type":"track","event":"Product Added","messageId":"1","userId":"u"},
               {"type":"track","event":"Product Added","messageId":"2","userId":"u","context":{"ip":"203.0.113.8"},
                "integrations":{"Facebook Offline Conversions":true}},
               7],
             "context":{"ip":"203.0.113.7","traits":{"email":"a@b.co"}},"integrations":{"All":false,
              "Facebook Offline Conversions":{"leadId":"999999999999999"}}}
            """;
        var results = Some.Segment().Map(Body);

        results.Should().HaveCount(3);
        JsonPath.Find(results[0].Payload(), "user_data.client_ip_address")!.ToString().Should().Be("203.0.113.7");
        JsonPath.Find(results[0].Payload(), "user_data.lead_id")!.ToString().Should().Be("999999999999999");
        JsonPath.Find(results[1].Payload(), "user_data.client_ip_address")!.ToString().Should().Be("203.0.113.8");
        JsonPath.Find(results[1].Payload(), "user_data.em.0")!.ToString().Should().Be(Some.Sha256("a@b.co"));
        results[2].Reason.Should().Be("not_an_object");
    }

    [Fact]
    public void An_array_of_messages_is_taken_like_a_batch() =>
        Some.Segment()
            .Map($"[{Bare},{Bare}]")
            .Should()
            .HaveCount(2)
            .And.OnlyContain(result => result.Outcome == Outcome.Accepted);
}
