using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

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

    [Theory]
    // opt_out
    [InlineData("opt_out", "true", "true")]
    [InlineData("opt_out", "\"false\"", "false")]
    [InlineData("opt_out", "1", "true")]
    [InlineData("opt_out", "\"yes\"", null)]
    [InlineData("opt_out", "[true]", null, true)]
    [InlineData("opt_out", "{\"a\":1}", null)]
    // referrer_url
    [InlineData("referrer_url", "\"https://r.test/a?b=c\"", "\"https://r.test/a?b=c\"")]
    [InlineData("referrer_url", "{\"href\":\"https://r.test\"}", null)]
    // original_event_data
    [InlineData(
        "original_event_data",
        """{"event_name":"Purchase","event_time":1795191060,"order_id":"o","event_id":"e"}""",
        """{"event_name":"Purchase","event_time":1795191060,"order_id":"o","event_id":"e"}"""
    )]
    [InlineData(
        "original_event_data",
        """{"event_time":"2026-11-20T16:11:00Z","order_id":7,"other":1}""",
        """{"event_time":1795191060,"order_id":"7"}"""
    )]
    [InlineData("original_event_data", """{"event_time":"soon","order_id":{"no":1}}""", null)]
    [InlineData("original_event_data", "\"{\\\"order_id\\\":\\\"o\\\"}\"", """{"order_id":"o"}""")]
    [InlineData("original_event_data", "\"o\"", null)]
    // attribution_data
    [InlineData(
        "attribution_data",
        """{"ad_id":7,"attribution_share":0.5,"attribution_model":"LAST_CLICK","attribution_value":"12,50","touchpoint_ts":1795191060,"attr_window":7}""",
        """{"ad_id":"7","attribution_share":0.5,"attribution_model":"last_click","attribution_value":12.50,"touchpoint_ts":1795191060,"attr_window":7}"""
    )]
    [InlineData(
        "attribution_data",
        """{"attribution_share":2,"attribution_model":"mine","attr_window":1.5,"campaign_id":"c"}""",
        """{"campaign_id":"c"}"""
    )]
    [InlineData(
        "attribution_data",
        """{"attribution_setting":{"inactivity_window_hours":24,"x":1},"attribution_method":"srn"}""",
        """{"attribution_setting":{"inactivity_window_hours":24},"attribution_method":"srn"}"""
    )]
    // app_data
    [InlineData(
        "app_data",
        """{"advertiser_tracking_enabled":1,"application_tracking_enabled":false,"url_schemes":["a"],"campaign_ids":"c"}""",
        """{"advertiser_tracking_enabled":1,"application_tracking_enabled":false,"url_schemes":["a"],"campaign_ids":"c"}"""
    )]
    [InlineData(
        "app_data",
        """{"extinfo":["i2","p","1","1","17.1","x","en_US","CET","","1","1","2","4","5","6","Europe/Paris"]}""",
        """{"extinfo":["i2","p","1","1","17.1","x","en_US","CET","","1","1","2","4","5","6","Europe/Paris"]}"""
    )]
    [InlineData("app_data", """{"extinfo":["i2","p"],"vendor_id":"v"}""", """{"vendor_id":"v"}""")]
    [InlineData(
        "app_data",
        """{"extinfo":["i2","p","1","1"," ","x","en_US","CET","","1","1","2","4","5","6",""]}""",
        null
    )]
    [InlineData("app_data", """{"advertiser_tracking_enabled":"maybe"}""", null)]
    [InlineData("app_data", "7", null)]
    // messaging_channel
    [InlineData("messaging_channel", "\"WhatsApp\"", "\"whatsapp\"")]
    [InlineData("messaging_channel", "\"pigeon\"", null)]
    public void A_field_of_the_event_passes_in_Metas_type_only(
        string name,
        string given,
        string? expected,
        bool isUnwrapped = false
    )
    {
        foreach (var source in SourceName.All)
        {
            var result = Sale(source, Place(source), (name, given)).Map();
            result.Outcome.Should().Be(Outcome.Accepted);

            // The Node SDK of mParticle writes each flag as a list.
            if (!(isUnwrapped && source == SourceName.MParticle))
            {
                result.Payload()[name].ShouldBe(expected ?? "null");
                result.Payload().ContainsKey(name).Should().Be(expected is not null);
            }
        }
    }

    [Theory]
    [InlineData("custom_data.content_category", "\"Games\"", "\"Games\"")]
    [InlineData("custom_data.content_category", "[\"Games\",\"Toys\"]", null)]
    [InlineData("custom_data.content_name", "7", "\"7\"")]
    [InlineData("custom_data.content_name", "{\"a\":1}", null)]
    [InlineData("custom_data.search_string", "true", "\"true\"")]
    [InlineData("custom_data.status", "[1,2]", null)]
    [InlineData("custom_data.num_items", "\"3\"", "3")]
    [InlineData("custom_data.num_items", "3.0", "3")]
    [InlineData("custom_data.num_items", "2.5", null)]
    [InlineData("custom_data.num_items", "\"three\"", null)]
    [InlineData("custom_data.predicted_ltv", "\"1.234,50 €\"", "1234.50")]
    [InlineData("custom_data.predicted_ltv", "{\"a\":1}", null)]
    [InlineData("custom_data.net_revenue", "-5.5", "-5.5")]
    [InlineData("custom_data.delivery_category", "\"In_Store\"", "\"in_store\"")]
    [InlineData("custom_data.delivery_category", "\"drone\"", null)]
    [InlineData("custom_data.order_id", "7", "\"7\"")]
    [InlineData("custom_data.order_id", "{\"a\":1}", null)]
    [InlineData("custom_data.content_ids", "\"a,b\"", """["a","b"]""")]
    [InlineData("custom_data.content_ids", "{\"a\":1}", null)]
    [InlineData("custom_data.contents", """[{"id":"p","quantity":0},{"id":"q","colour":"red"}]""", """[{"id":"q"}]""")]
    [InlineData("custom_data.content_type", "\"product_group\"", "\"product_group\"")]
    [InlineData("custom_data.anything", """{"a":[1,{"b":2}]}""", """{"a":[1,{"b":2}]}""")]
    public void A_field_of_custom_data_has_Metas_type(string path, string given, string? expected)
    {
        foreach (var source in SourceName.All)
        {
            var result = Sale(source, Place(source), (path, given)).Map();
            var name = path["custom_data.".Length..];
            var custom = result.Payload()["custom_data"]!.AsObject();
            custom[name].ShouldBe(expected ?? "null");
            result
                .Warnings.Any(code => code is "property_not_sent" or "invalid_content_ids")
                .Should()
                .Be(expected is null, source);
        }
    }

    [Theory]
    [InlineData(SourceName.Segment, "properties.content_category", "[\"a\"]")]
    [InlineData(SourceName.RudderStack, "properties.num_items", "\"many\"")]
    [InlineData(SourceName.MParticle, "events.0.data.custom_attributes.status", "{\"a\":1}")]
    [InlineData(SourceName.CommandersAct, "num_items", "\"many\"")]
    public void A_property_under_one_of_Metas_names_has_Metas_type_too(string source, string path, string value)
    {
        var result = SomeSale.Purchase(source).Set(path, value).Map();
        result.Payload()["custom_data"]!.AsObject().Should().NotContainKey(path.Split('.')[^1]);
        result.Warnings.Should().Contain("property_not_sent");
    }

    [Fact]
    public void A_value_in_them_is_judged_like_any_other()
    {
        foreach (var source in SourceName.All)
        {
            Sale(source, Place(source), ("custom_data.value", "-5")).Map().Reason.Should().Be("negative_value");
            var kept = Sale(source, Place(source), ("custom_data.value", "\"free\"")).Map();
            kept.Payload()["custom_data"]!["value"]!.ToJsonString().Should().Be("10");
            kept.Warnings.Should().Contain("invalid_number");
            Sale(source, Place(source), ("custom_data.currency", "\"XYZ\""))
                .Map()
                .Reason.Should()
                .Be("unknown_currency");
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

    private static string Place(string source) =>
        source == SourceName.MParticle ? "events.0.data.custom_flags" : "integrations.facebook";

    private static SomeSale Sale(string source, string place, params (string Path, string Json)[] fields) =>
        Sale(source, place, MetaApi.ConversionsApi, fields);

    private static SomeSale Sale(string source, string place, MetaApi api, params (string Path, string Json)[] fields)
    {
        var destination = new JsonObject();
        foreach (var (path, json) in fields)
        {
            if (source == SourceName.MParticle)
            {
                destination["Facebook." + path] = JsonNode.Parse(json);
            }
            else if (path.Split('.') is [var parent, var name])
            {
                destination[parent] ??= new JsonObject();
                destination[parent]![name] = JsonNode.Parse(json);
            }
            else
            {
                destination[path] = JsonNode.Parse(json);
            }
        }

        return SomeSale.Purchase(source, api).Set(place, destination.ToJsonString());
    }
}
