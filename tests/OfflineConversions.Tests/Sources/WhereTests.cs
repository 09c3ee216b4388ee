using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>Where an event happened, and for whom it is meant, for every source.</summary>
public class WhereTests
{
    [Theory]
    [InlineData("""{"all":false}""", true)]
    [InlineData("""{"ALL":false}""", true)]
    [InlineData("""{"All":false}""", true)]
    [InlineData("""{"all":false,"facebook offline conversions":true}""", false)]
    [InlineData("""{"all":false,"FACEBOOK_OFFLINE_CONVERSIONS":{}}""", false)]
    [InlineData("""{"facebookOfflineConversions":false}""", true)]
    [InlineData("""{"FACEBOOK OFFLINE CONVERSIONS":false}""", true)]
    [InlineData("""{"All":true,"all":false}""", false)]
    [InlineData("""{"all":true}""", false)]
    public void Keys_of_integrations_are_honoured_in_any_case(string integrations, bool isIgnored)
    {
        foreach (var source in (string[])[SourceName.Segment, SourceName.RudderStack])
        {
            SomeSale
                .Purchase(source)
                .Set("integrations", integrations)
                .Map()
                .Reason.Should()
                .Be(isIgnored ? "disabled_by_integrations" : null, source);
        }
    }

    [Theory]
    [InlineData(SourceName.Segment, "context.page", "{\"url\":\"https://a.test/\"}", true)]
    [InlineData(SourceName.Segment, "context.userAgent", "\"UA\"", true)]
    [InlineData(SourceName.Segment, "context.device", "{\"type\":\"ios\"}", true)]
    [InlineData(SourceName.Segment, "context.library", "{\"name\":\"analytics-node\"}", false)]
    [InlineData(SourceName.Segment, "context.ip", "\"203.0.113.7\"", false)]
    [InlineData(SourceName.Segment, "context.device", "{}", false)]
    [InlineData(SourceName.RudderStack, "context.page", "{\"url\":\"https://a.test/\"}", true)]
    [InlineData(SourceName.RudderStack, "context.userAgent", "\"UA\"", true)]
    [InlineData(SourceName.RudderStack, "context.device", "{\"manufacturer\":\"x\"}", true)]
    [InlineData(SourceName.RudderStack, "context.os", "{\"name\":\"x\"}", false)]
    [InlineData(SourceName.MParticle, "device_info", "{\"platform\":\"iOS\"}", true)]
    [InlineData(SourceName.MParticle, "device_info", "{\"platform\":\"web\"}", true)]
    [InlineData(SourceName.MParticle, "device_info", "{\"http_header_user_agent\":\"UA\"}", true)]
    [InlineData(SourceName.MParticle, "device_info", "{\"platform\":\"out_of_band\"}", false)]
    public void An_event_of_a_browser_or_app_looks_like_web_until_the_action_source_is_set(
        string source,
        string path,
        string value,
        bool looksLikeWeb
    )
    {
        foreach (var api in Enum.GetValues<MetaApi>())
        {
            var sale = SomeSale.Purchase(source, api).Set(path, value);
            var byDefault = sale.Map(AnyPlatform);
            byDefault.Payload()["action_source"]!.ToString().Should().Be("physical_store");
            byDefault.Warnings.Contains("looks_like_web").Should().Be(looksLikeWeb);
            foreach (var setting in (string[])["physical_store", "website", "phone_call"])
            {
                sale.Map(options =>
                    {
                        AnyPlatform(options);
                        options.ActionSource = setting;
                    })
                    .Warnings.Should()
                    .NotContain("looks_like_web");
            }
        }
    }

    [Fact]
    public void An_event_that_says_itself_where_it_happened_does_not_look_like_web() =>
        SomeSale
            .Purchase(SourceName.RudderStack)
            .Set("context.userAgent", "\"UA\"")
            .Set("traits.action_source", "\"website\"")
            .Map()
            .Warnings.Should()
            .NotContain("looks_like_web");

    [Theory]
    [InlineData(SourceName.Segment, "context.userAgent")]
    [InlineData(SourceName.RudderStack, "context.userAgent")]
    [InlineData(SourceName.CommandersAct, "context.device.user_agent")]
    [InlineData(SourceName.MParticle, "events.0.data.custom_flags.Facebook")]
    public void A_website_event_without_a_user_agent_is_sent_and_noted(string source, string path)
    {
        foreach (var api in Enum.GetValues<MetaApi>())
        {
            var without = SomeSale.Purchase(source, api).Set(path, "null").Map(OnWebsite);
            without.Outcome.Should().Be(Outcome.Accepted);
            without.Warnings.Should().Contain("missing_user_agent");
        }

        if (source != SourceName.MParticle)
        {
            SomeSale
                .Purchase(source)
                .Set(path, "\"UA\"")
                .Map(OnWebsite)
                .Warnings.Should()
                .NotContain("missing_user_agent");
        }
    }

    [Theory]
    [InlineData(null, "physical_store")]
    [InlineData("\"\"", "physical_store")]
    [InlineData("\"telegram\"", "physical_store")]
    [InlineData("7", "physical_store")]
    [InlineData("\"whatsapp\"", "business_messaging")]
    [InlineData("\"Messenger\"", "business_messaging")]
    [InlineData("\"instagram\"", "business_messaging")]
    public void Business_messaging_needs_a_channel(string? channel, string expected)
    {
        foreach (var source in (string[])[SourceName.CommandersAct, SourceName.RudderStack])
        {
            var path = source == SourceName.CommandersAct ? "integrations.facebook" : "integrations.Facebook";
            var sale = SomeSale
                .Purchase(source)
                .Set(path + ".action_source", "\"business_messaging\"")
                .Set(path + ".messaging_channel", channel ?? "null");
            var result = sale.Map();
            result.Payload()["action_source"]!.ToString().Should().Be(expected);
            result.Warnings.Contains("unknown_action_source").Should().Be(expected == "physical_store");
        }
    }

    [Fact]
    public void Business_messaging_is_unknown_where_the_shape_or_the_events_name_does_not_allow_it()
    {
        SomeSale Message(MetaApi api) =>
            SomeSale
                .Purchase(SourceName.CommandersAct, api)
                .Set(
                    "integrations.facebook",
                    """{"action_source":"business_messaging","messaging_channel":"whatsapp"}"""
                );
        Message(MetaApi.ConversionsApi).Map().Warnings.Should().NotContain("unknown_action_source");
        Message(MetaApi.OfflineEvents).Map().Warnings.Should().Contain("unknown_action_source");
        Message(MetaApi.ConversionsApi)
            .Set("event_name", "\"search\"")
            .Map()
            .Warnings.Should()
            .Contain("unknown_action_source");
    }

    [Theory]
    [InlineData(SourceName.Segment)]
    [InlineData(SourceName.RudderStack)]
    public void An_event_without_a_type_is_no_track_call(string source) =>
        SomeSale
            .Purchase(source)
            .Set("type", "null")
            .Map()
            .Should()
            .Match<EventResult>(result => result.Outcome == Outcome.Ignored && result.Reason == "unsupported_type");

    private static void AnyPlatform(MappingOptions options)
    {
        if (options.SourceOptions is OfflineConversions.Sources.MParticle.MParticleOptions batches)
        {
            batches.FeedOnly = false;
        }
    }

    private static void OnWebsite(MappingOptions options) => options.ActionSource = "website";
}
