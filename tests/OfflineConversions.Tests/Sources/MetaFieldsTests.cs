using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;
using static OfflineConversions.Tests.Sources.SomeMetaFields;

namespace OfflineConversions.Tests.Sources;

/// <summary>Meta's own fields in the object for this destination, at every source.</summary>
public class MetaFieldsTests
{
    public static TheoryData<string, string> Places
    {
        get
        {
            var data = new TheoryData<string, string> { { SourceName.MParticle, "events.0.data.custom_flags" } };
            foreach (var source in (string[])[SourceName.Segment, SourceName.RudderStack, SourceName.CommandersAct])
            {
                foreach (var root in (string[])["integrations", "context"])
                {
                    foreach (
                        var name in (string[])
                            ["facebook", "Facebook", "Facebook Offline Conversions", "FacebookOfflineConversions"]
                    )
                    {
                        data.Add(source, $"{root}.{name}");
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void They_win_from_every_place_and_match_keys_are_hashed(string source, string place)
    {
        var result = Sale(
                source,
                place,
                ("user_data.em", "\" Other@B.co\""),
                ("user_data.fbp", "\"fb.1.1795191060000.7\""),
                ("custom_data.value", "\"12,50 €\""),
                ("custom_data.currency", "\"usd\""),
                ("custom_data.shop", "\"north\""),
                ("opt_out", "true"),
                ("referrer_url", "\"https://r.test/\"")
            )
            .Map();
        var payload = result.Payload();
        payload["user_data"]!["em"].ShouldBe($"[\"{Some.Sha256("other@b.co")}\"]");
        payload["user_data"]!["fbp"]!.ToString().Should().Be("fb.1.1795191060000.7");
        payload["custom_data"]!["value"]!.ToJsonString().Should().Be("12.50");
        payload["custom_data"]!["currency"]!.ToString().Should().Be("USD");
        payload["custom_data"]!["shop"]!.ToString().Should().Be("north");
        payload["opt_out"]!.GetValue<bool>().Should().BeTrue();
        payload["referrer_url"]!.ToString().Should().Be("https://r.test/");
    }

    [Theory]
    [InlineData("em", "\"Other@B.co\"", "em", "other@b.co")]
    [InlineData("ph", "\"+1 202 555 0146\"", "ph", "12025550146")]
    [InlineData("fn", "\"Ana\"", "fn", "ana")]
    [InlineData("ln", "\"O'Brien\"", "ln", "obrien")]
    [InlineData("ct", "\"New York\"", "ct", "newyork")]
    [InlineData("st", "\"California\"", "st", "ca")]
    [InlineData("zp", "\"94035-1234\"", "zp", "94035")]
    [InlineData("country", "\"USA\"", "country", "us")]
    [InlineData("ge", "\"female\"", "ge", "f")]
    [InlineData("db", "\"1990-12-31\"", "db", "19901231")]
    public void A_clear_match_key_is_normalised_and_hashed(string name, string value, string key, string normalized)
    {
        foreach (var source in SourceName.All)
        {
            var payload = Sale(source, Place(source), ("user_data." + name, value)).Map().Payload();
            var written = payload["user_data"]![key]!;
            (written is JsonArray list ? list[0]! : written).ToString().Should().Be(Some.Sha256(normalized), source);
        }
    }

    [Theory]
    [InlineData("external_id", "\"u-1\"")]
    [InlineData("subscription_id", "\"s-1\"")]
    [InlineData("fb_login_id", "123456789")]
    [InlineData("page_id", "\"123456789\"")]
    [InlineData("page_scoped_user_id", "\"123456789\"")]
    [InlineData("ctwa_clid", "\"ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3qpjd0HR4irJ6LEkR7JwFF4XvnO2E4Nx0\"")]
    [InlineData("ig_account_id", "\"17841400000000000\"")]
    [InlineData("ig_sid", "\"1234567890\"")]
    [InlineData("whatsapp_business_account_id", "\"109876543210\"")]
    [InlineData("client_ip_address", "\"203.0.113.7\"")]
    [InlineData("client_user_agent", "\"Mozilla/5.0\"")]
    public void A_key_that_Meta_wants_unhashed_is_passed_on(string name, string value)
    {
        foreach (var source in SourceName.All)
        {
            var written = Sale(source, Place(source), ("user_data." + name, value)).Map().Payload()["user_data"]![
                name
            ]!;
            (written is JsonArray list ? list[0]! : written).ToString().Should().Be(value.Trim('"'), source);
        }
    }

    [Theory]
    [InlineData("lead_id", "[123456789012345,123456789012346]", "123456789012345")]
    [InlineData("subscription_id", "[\"a\",\"b\"]", "a")]
    [InlineData("client_user_agent", "[\"a\",\"b\"]", "a")]
    [InlineData("page_id", "[\"1\",\"2\"]", "1")]
    public void Of_several_values_of_a_key_that_Meta_takes_as_text_only_the_first_is_sent(
        string name,
        string values,
        string expected
    )
    {
        foreach (var source in SourceName.All)
        {
            Sale(source, Place(source), ("user_data." + name, values)).Map().Payload()["user_data"]![name]!
                .GetValueKind()
                .Should()
                .Be(System.Text.Json.JsonValueKind.String);
            Sale(source, Place(source), ("user_data." + name, values)).Map().Payload()["user_data"]![name]!
                .ToString()
                .Should()
                .Be(expected);
        }
    }

    [Theory]
    [InlineData("user_data.subscription_id")]
    [InlineData("user_data.page_id")]
    [InlineData("user_data.anon_id")]
    [InlineData("user_data.nickname")]
    [InlineData("custom_data.note")]
    [InlineData("custom_data.content_name")]
    [InlineData("custom_data.order_id")]
    [InlineData("custom_data.email")]
    [InlineData("referrer_url")]
    [InlineData("original_event_data.order_id")]
    [InlineData("original_event_data.event_name")]
    [InlineData("attribution_data.ad_id")]
    [InlineData("attribution_data.linkage_key")]
    [InlineData("app_data.install_referrer")]
    [InlineData("app_data.vendor_id")]
    [InlineData("messaging_channel")]
    [InlineData("event_source_url")]
    [InlineData("access_token")]
    [InlineData("anything.else")]
    public void A_clear_email_address_passes_through_none_of_them(string path)
    {
        foreach (var source in SourceName.All)
        {
            foreach (var api in Enum.GetValues<MetaApi>())
            {
                var result = Sale(source, Place(source), api, (path, "\"https://x.test/?m=canary.bird@example.com\""))
                    .Map();
                result.Payload().ToJsonString().Should().NotContainEquivalentOf("canary.bird", source);
            }
        }
    }

    [Fact]
    public void The_offline_events_shape_has_no_place_for_the_fields_of_the_event()
    {
        var result = Sale(
                SourceName.Segment,
                "integrations.facebook",
                MetaApi.OfflineEvents,
                ("opt_out", "true"),
                ("user_data.em", "\"other@b.co\""),
                ("custom_data.order_id", "\"o\"")
            )
            .Map();
        var payload = result.Payload();
        payload.Should().NotContainKey("opt_out");
        payload["match_keys"]!["email"].ShouldBe($"[\"{Some.Sha256("other@b.co")}\"]");
        payload["order_id"]!.ToString().Should().Be("o");
        result.Warnings.Should().Contain("property_not_sent");
    }

    [Fact]
    public void Integrations_win_over_context_and_the_message_over_the_batch()
    {
        const string Body = """
            {"batch":[{"type":"track","event":"Product Added","messageId":"m","userId":"u",
               "context":{"facebook":{"custom_data":{"a":"message context","b":"message context"}}},
               "integrations":{"facebook":{"custom_data":{"a":"message"}}}}],
             "integrations":{"facebook":{"custom_data":{"a":"batch","b":"batch","c":"batch"}}}}
            """;
        var custom = Some.Segment().MapOne(Body).Payload()["custom_data"]!;
        custom["a"]!.ToString().Should().Be("message");
        custom["b"]!.ToString().Should().Be("batch");
        custom["c"]!.ToString().Should().Be("batch");
    }

    [Theory]
    [InlineData("""{"leadId":"123456789012345"}""")]
    [InlineData("""{"access_token":"x","test_event_code":"y","event_name":"Z","event_time":1,"user_id":"q"}""")]
    [InlineData("""{"user_data":"x","custom_data":[1]}""")]
    [InlineData("""{"user_data":{"nickname":"x","em":{"a":1}}}""")]
    [InlineData("true")]
    [InlineData("\"x\"")]
    public void Anything_else_does_not_reach_Meta(string destination)
    {
        foreach (var source in (string[])[SourceName.RudderStack, SourceName.CommandersAct])
        {
            var bare = SomeSale.Purchase(source).Map().Payload().ToJsonString();
            SomeSale
                .Purchase(source)
                .Set("integrations.facebook", destination)
                .Map()
                .Payload()
                .ToJsonString()
                .Should()
                .Be(bare);
        }
    }
}
