using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using static OfflineConversions.Tests.Sources.SomeMetaFields;

namespace OfflineConversions.Tests.Sources;

/// <summary>
/// What Meta's own fields change beyond themselves: the connection's settings, the person's choices and the rules about
/// silent losses apply to them as to everything else.
/// </summary>
public sealed class MetaFieldsPrecedenceTests
{
    private const string AdvertisingId = "38400000-8cf0-11bd-b23e-10b96e40000d";

    public static TheoryData<string> Sources => [.. SourceName.All];

    [Theory]
    [InlineData("\"abc\"")]
    [InlineData("true")]
    [InlineData("\"12-13\"")]
    public void A_value_that_cannot_be_read_is_never_replaced_by_an_assumed_one(string value)
    {
        var sale = Sale(SourceName.RudderStack, Place(SourceName.RudderStack), ("custom_data.value", value));
        var result = sale.Set("properties.value", "null").Map();
        result.Reason.Should().Be("invalid_value");
    }

    [Fact]
    public void Without_any_value_a_RudderStack_purchase_is_worth_0() =>
        SomeSale.Purchase(SourceName.RudderStack).Set("properties.value", "null").Map().Payload()["custom_data"]![
            "value"
        ]!
            .ToJsonString()
            .Should()
            .Be("0");

    [Theory]
    [InlineData(SourceName.Segment, "properties.revenue")]
    [InlineData(SourceName.RudderStack, "properties.value")]
    public void The_connections_currency_applies_to_a_value_that_only_they_carry(string source, string value)
    {
        var result = Sale(source, Place(source), ("custom_data.value", "12"))
            .Set(value, "null")
            .Set("properties.currency", "null")
            .Map(options => options.DefaultCurrency = "SEK");
        result.Payload()["custom_data"]!["currency"]!.ToString().Should().Be("SEK");
        result.Warnings.Should().NotContain("assumed_currency");
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Their_times_are_read_in_the_connections_order_of_day_and_month(string source)
    {
        foreach (var (order, month) in ((DateOrder, int)[])[(DateOrder.DayFirst, 11), (DateOrder.MonthFirst, 5)])
        {
            var payload = Sale(
                    source,
                    Place(source),
                    ("original_event_data", """{"event_name":"Lead","event_time":"05/11/2025 10:00:00"}"""),
                    ("attribution_data", """{"visit_time":"05/11/2025","touchpoint_ts":"05/11/2025"}""")
                )
                .Map(options => options.DateOrder = order)
                .Payload();
            var day = new DateTimeOffset(2025, month, month == 11 ? 5 : 11, 0, 0, 0, TimeSpan.Zero);
            Seconds(payload["original_event_data"]!["event_time"]).Should().Be(day.AddHours(10).ToUnixTimeSeconds());
            Seconds(payload["attribution_data"]!["visit_time"]).Should().Be(day.ToUnixTimeSeconds());
            Seconds(payload["attribution_data"]!["touchpoint_ts"]).Should().Be(day.ToUnixTimeSeconds());
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_click_id_in_their_page_address_is_used(string source)
    {
        var sale = Sale(source, Place(source), ("event_source_url", "\"https://a.test/?fbclid=AbC\""));
        sale.Map().Of(MatchKey.ClickId).Should().EndWith(".AbC");
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Their_own_click_id_comes_before_that_of_an_address(string source)
    {
        var sale = Sale(
            source,
            Place(source),
            ("event_source_url", "\"https://a.test/?fbclid=AbC\""),
            ("user_data.fbc", "\"fb.1.1795191060000.Own\"")
        );
        sale.Map().Of(MatchKey.ClickId).Should().Be("fb.1.1795191060000.Own");
    }

    [Theory]
    [InlineData(SourceName.Segment, "context.device.adTrackingEnabled", "false")]
    [InlineData(SourceName.Segment, "context.device.trackingStatus", "\"denied\"")]
    [InlineData(SourceName.RudderStack, "context.device.adTrackingEnabled", "false")]
    [InlineData(SourceName.RudderStack, "context.device.attTrackingStatus", "1")]
    [InlineData(SourceName.MParticle, "device_info.limit_ad_tracking", "true")]
    [InlineData(SourceName.MParticle, "device_info.att_authorization_status", "\"restricted\"")]
    public void An_advertising_id_among_them_obeys_the_devices_flag(string source, string flag, string value)
    {
        var sale = Sale(source, Place(source), ("user_data.madid", $"\"{AdvertisingId}\""));
        sale.Map(FromEveryPlatform).Of(MatchKey.MobileAdvertiserId).Should().Be(AdvertisingId);

        var result = sale.Set(flag, value).Map(FromEveryPlatform);
        result.Of(MatchKey.MobileAdvertiserId).Should().BeNull();
        result.Warnings.Should().Contain("advertising_id_not_allowed");
    }

    [Theory]
    [InlineData("user_data", "\"text\"")]
    [InlineData("user_data", "[1]")]
    [InlineData("user_data", "7")]
    [InlineData("custom_data", "true")]
    [InlineData("custom_data", "\"text\"")]
    [InlineData("app_data", "\"text\"")]
    [InlineData("app_data", "[1]")]
    [InlineData("original_event_data", "1")]
    [InlineData("user_data.nothing", "\"x\"")]
    [InlineData("app_data.nothing", "\"x\"")]
    [InlineData("attribution_data.nothing", "\"x\"")]
    public void What_has_a_wrong_shape_or_an_unknown_name_is_noted(string path, string value)
    {
        foreach (var source in SourceName.All)
        {
            Sale(source, Place(source), (path, value)).Map().Warnings.Should().Contain("property_not_sent", source);
        }
    }

    [Theory]
    [InlineData("Facebook.app_data.vendor_id", "Facebook.app_data")]
    [InlineData("Facebook.app_data", "Facebook.app_data.vendor_id")]
    public void An_object_and_single_members_of_it_complete_each_other_in_any_order(string first, string second)
    {
        var flags = new JsonObject();
        foreach (var name in (string[])[first, second])
        {
            flags[name] =
                name == "Facebook.app_data"
                    ? JsonNode.Parse("""{"advertiser_tracking_enabled":true,"installer_package":"shop"}""")
                    : "vendor";
        }

        var sale = SomeSale.Purchase(SourceName.MParticle).Set(Place(SourceName.MParticle), flags.ToJsonString());
        var app = sale.Map().Payload()["app_data"]!;
        app["vendor_id"]!.ToString().Should().Be("vendor");
        app["installer_package"]!.ToString().Should().Be("shop");
        app["advertiser_tracking_enabled"]!.GetValue<bool>().Should().BeTrue();
    }

    private static void FromEveryPlatform(MappingOptions options) => options.DefaultCurrency = "EUR";

    private static long Seconds(JsonNode? time) => time!.GetValue<long>();
}
