using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;
using static OfflineConversions.Tests.Sources.SomeMetaFields;

namespace OfflineConversions.Tests.Sources.MParticle;

/// <summary>The custom flags that begin with Facebook.</summary>
public class MParticleFlagsTests
{
    [Theory]
    [InlineData("Facebook.BrowserId", "user_data.fbp", "fb.1.1795191060000.7")]
    [InlineData("Facebook.ClickId", "user_data.fbc", "fb.1.1795191060000.AbC")]
    [InlineData("Facebook.ClientUserAgent", "user_data.client_user_agent", "UA")]
    [InlineData("Facebook.ActionSource", "action_source", "phone_call")]
    [InlineData("Facebook.EventSourceUrl", "event_source_url", "https://a.test/")]
    [InlineData("Facebook.ReferrerUrl", "referrer_url", "https://a.test/")]
    [InlineData("Facebook.referrer_url", "referrer_url", "https://a.test/")]
    [InlineData("facebook.browserid", "user_data.fbp", "fb.1.1795191060000.7")]
    public void The_custom_flags_of_mParticles_page_are_used(string flag, string path, string value)
    {
        foreach (var written in (string[])[$"\"{value}\"", $"[\"{value}\"]"])
        {
            var flags = new JsonObject { [flag] = JsonNode.Parse(written) };
            var payload = SomeSale
                .Purchase(SourceName.MParticle)
                .Set("events.0.data.custom_flags", flags.ToJsonString())
                .Map()
                .Payload();
            JsonPath.Find(payload, path)!.ToString().Should().Be(value);
        }
    }

    [Fact]
    public void Flags_of_one_object_are_joined() =>
        SomeSale
            .Purchase(SourceName.MParticle)
            .Set(
                "events.0.data.custom_flags",
                """
                {"Facebook.original_event_data.order_id":"o","Facebook.OriginalEventData.event_time":["1795191060"],
                 "Facebook.original_event_data.other":1}
                """
            )
            .Map()
            .Payload()["original_event_data"]
            .ShouldBe("""{"order_id":"o","event_time":1795191060}""");

    [Theory]
    [InlineData("""{"Google.BrowserId":"x"}""")]
    [InlineData("""{"Facebook.Unknown":"x"}""")]
    [InlineData("""{"Facebook":{"user_data":{"fbp":"x"}}}""")]
    [InlineData("[1]")]
    [InlineData("\"x\"")]
    public void Other_custom_flags_are_not_for_Meta(string flags)
    {
        var bare = SomeSale.Purchase(SourceName.MParticle).Map().Payload().ToJsonString();
        SomeSale
            .Purchase(SourceName.MParticle)
            .Set("events.0.data.custom_flags", flags)
            .Map()
            .Payload()
            .ToJsonString()
            .Should()
            .Be(bare);
    }
}
