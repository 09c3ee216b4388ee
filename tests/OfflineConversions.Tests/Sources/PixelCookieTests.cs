using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>
/// <c>fbc</c> and <c>fbp</c> that are not <c>fb.digits.ms.id</c> with an optional appendix, and clicks of more than 90
/// days before the event, are left out. A well-formed value is passed on unchanged, appendix included.
/// </summary>
public sealed class PixelCookieTests
{
    private const string Recent = "fb.1.1795262300000.";

    private static readonly string[] WellFormed =
    [
        Recent + "AbCdEfGhIj",
        Recent + "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk",
        Recent + "IwZXh0bgNhZW0CMTEAAR_aem_Ab-C",
        Recent + "A+b",
        Recent + "x",
        Recent + "1116446470",
        "fb.0.1795262300000.1116446470",
        "fb.2.1795262300000.AbC",
        Recent + "AbC.AQ",
        Recent + "AbC.Bg",
        Recent + "AbC.AQYCAQAA",
        Recent + "AbC.AQ-_AQAA",
    ];

    private static readonly string[] Malformed =
    [
        "fb",
        "fb.1",
        "fb.1.1795262300000",
        "fb.1.1795262300000.",
        "fb.1..AbC",
        "fb..1795262300000.AbC",
        ".1.1795262300000.AbC",
        "AbCdEfGhIj",
        "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk",
        "fbclid=AbC",
        "1.1795262300000.AbC",
        "FB.1.1795262300000.AbC",
        "fb.x.1795262300000.AbC",
        "fb.-1.1795262300000.AbC",
        "fb.1.17952623OO000.AbC",
        "fb.1.-1795262300000.AbC",
        "fb.1.99999999999999999999.AbC",
        "fb.1.1795262300000.Ab C",
        "fb.1. 1795262300000.AbC",
        "fb.1.1795262300000. AbC",
        "fb .1.1795262300000.AbC",
        "fb.1.1795262300000.AbC.",
        "fb.1.1795262300000.AbC.XX",
        "fb.1.1795262300000.AbC.aq",
        "fb.1.1795262300000.AbC.AQYCAQA",
        "fb.1.1795262300000.AbC.AQYCAQAA.AQ",
        "fb.1.1795262300000.fb.1.1795262300000.AbC",
        "fb.1.1795262300000.AbC%2B",
        "fb%2E1%2E1795262300000%2EAbC",
        "\"fb.1.1795262300000.AbC\"",
        "'fb.1.1795262300000.AbC'",
        "_fbc=fb.1.1795262300000.AbC",
        "fb.1.1795262300000.AbC;",
        "fb.1.1795262300000.AbC,fb.1.1795262300000.AbD",
        "fb.1.1795262300000.<script>",
        "fb.1.1795262300000.undefined",
        "fb.1.1795262300000.null",
        "fb-1-1795262300000-AbC",
        "fb.1.1795262300000.Äb",
    ];

    public static TheoryData<string, MetaApi, MatchKey> Places =>
        Identity.Places(key => key is MatchKey.ClickId or MatchKey.BrowserId);

    public static TheoryData<string, MetaApi, MatchKey> Clicks => Identity.Places(key => key is MatchKey.ClickId);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_well_formed_id_is_passed_on_unchanged(string source, MetaApi api, MatchKey key)
    {
        foreach (var value in WellFormed)
        {
            // A cookie is percent-decoded, as browsers write it.
            var result = Identity.Map(source, api, key, $" {value} ");
            result.Of(key).Should().Be(value);
            result.Warnings.Should().BeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_malformed_id_is_left_out_with_a_warning(string source, MetaApi api, MatchKey key)
    {
        var isCookie = source == SourceName.CommandersAct && key == MatchKey.BrowserId;
        foreach (var value in Malformed.Where(value => !(isCookie && value.Contains("%2", StringComparison.Ordinal))))
        {
            var result = Identity.Map(source, api, key, value);
            result.Reason.Should().Be("insufficient_customer_information", value);
            result.Warnings.Should().Equal(key == MatchKey.ClickId ? "invalid_click_id" : "invalid_browser_id");
        }
    }

    [Theory]
    [MemberData(nameof(Clicks))]
    public void A_click_is_at_most_90_days_old_at_the_time_of_the_event(string source, MetaApi api, MatchKey key)
    {
        var received = Some.Now.ToUnixTimeMilliseconds();
        const long NinetyDays = 90L * 24 * 60 * 60 * 1000;

        Identity.Map(source, api, key, $"fb.1.{received - NinetyDays}.AbC").Of(key).Should().NotBeNull();
        Identity.Map(source, api, key, $"fb.1.{received + 1000}.AbC").Of(key).Should().NotBeNull();
        foreach (var age in new[] { NinetyDays + 1, 2 * NinetyDays, received })
        {
            Identity.Map(source, api, key, $"fb.1.{received - age}.AbC").Warnings.Should().Equal("invalid_click_id");
        }
    }

    [Fact]
    public void The_age_of_a_click_counts_from_the_event_and_not_from_its_receipt()
    {
        var body = JsonPath.Set(
            JsonPath.Set(Identity.Body(SourceName.RudderStack), "timestamp", "\"2026-10-01T00:00:00Z\""),
            "context.fbc",
            "\"fb.1.1784000000000.AbC\""
        );
        Some.RudderStack().MapOne(body).Of(MatchKey.ClickId).Should().Be("fb.1.1784000000000.AbC");
    }

    [Fact]
    public void A_browser_id_has_no_age() =>
        Identity
            .Map(SourceName.Segment, MetaApi.ConversionsApi, MatchKey.BrowserId, "fb.1.1558571054389.1098115397")
            .Of(MatchKey.BrowserId)
            .Should()
            .Be("fb.1.1558571054389.1098115397");

    [Theory]
    [InlineData("properties.fbc", MatchKey.ClickId)]
    [InlineData("context.fbc", MatchKey.ClickId)]
    [InlineData("properties.fbp", MatchKey.BrowserId)]
    [InlineData("context.fbp", MatchKey.BrowserId)]
    public void RudderStack_may_have_the_ids_in_its_properties_which_do_not_repeat_them(string path, MatchKey key)
    {
        var result = Some.RudderStack()
            .MapOne(JsonPath.Set(Identity.Body(SourceName.RudderStack), path, $"\"{Recent}AbC\""));
        result.Of(key).Should().Be(Recent + "AbC");
        result.Payload()["custom_data"]!.AsObject().Should().NotContainKeys("fbc", "fbp");
    }

    [Fact]
    public void RudderStacks_context_comes_before_its_properties()
    {
        var body = JsonPath.Set(
            JsonPath.Set(Identity.Body(SourceName.RudderStack), "properties.fbc", $"\"{Recent}Second\""),
            "context.fbc",
            $"\"{Recent}First\""
        );
        Some.RudderStack().MapOne(body).Of(MatchKey.ClickId).Should().Be(Recent + "First");
    }
}
