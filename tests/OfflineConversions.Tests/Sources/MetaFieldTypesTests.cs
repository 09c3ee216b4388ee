using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;
using static OfflineConversions.Tests.Sources.SomeMetaFields;

namespace OfflineConversions.Tests.Sources;

/// <summary>Meta refuses an event for a field of the wrong type, so a field passes in Meta's type only.</summary>
public class MetaFieldTypesTests
{
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
        """
            {"ad_id":7,"attribution_share":0.5,"attribution_model":"LAST_CLICK","attribution_value":"12,50",
             "touchpoint_ts":1795191060,"attr_window":7}
            """,
        """
            {"ad_id":"7","attribution_share":0.5,"attribution_model":"last_click","attribution_value":12.50,
             "touchpoint_ts":1795191060,"attr_window":7}
            """
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
        """
            {"advertiser_tracking_enabled":1,"application_tracking_enabled":false,
             "url_schemes":["a"],"campaign_ids":"c"}
            """,
        """
            {"advertiser_tracking_enabled":1,"application_tracking_enabled":false,
             "url_schemes":["a"],"campaign_ids":"c"}
            """
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
}
