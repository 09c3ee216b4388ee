using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>
/// <c>fbclid</c> in a page URL: percent-decoded once and truncated at the first character that cannot belong to it. A
/// value that is a complete <c>fbc</c> is used as it is; a malformed one yields none; a plus sign is part of the id.
/// </summary>
public sealed class ClickIdInUrlTests
{
    private const string Received = "fb.1.1795262400000.";

    private static readonly string[] SourcesWithPages =
    [
        SourceName.Segment,
        SourceName.RudderStack,
        SourceName.CommandersAct,
    ];

    [Theory]
    [InlineData("https://a.test/?fbclid=AbC", "AbC")]
    [InlineData("https://a.test/?x=1&fbclid=AbC&y=2", "AbC")]
    [InlineData("https://a.test/?x=1&amp;fbclid=AbC&amp;y=2", "AbC")]
    [InlineData("https://a.test/?x=1;fbclid=AbC;y=2", "AbC")]
    [InlineData("https://a.test/?fbclid=AbC#top", "AbC")]
    [InlineData("https://a.test/?fbclid=AbC#/route?x=1", "AbC")]
    [InlineData("https://a.test/#/sale?fbclid=AbC", "AbC")]
    [InlineData("https://a.test/?x=1#/sale?fbclid=AbC", "AbC")]
    [InlineData("/sale?fbclid=AbC", "AbC")]
    [InlineData("https://a.test/?fbclid=A%2Db%5FC", "A-b_C")]
    [InlineData("https://a.test/?fbclid=Ab+C", "Ab+C")]
    [InlineData("https://a.test/?fbclid=Ab%2BC", "Ab+C")]
    [InlineData("https://a.test/?fbclid=IwZXh0bgNhZW0_aem_Ab-C", "IwZXh0bgNhZW0_aem_Ab-C")]
    [InlineData("https://a.test/?fbclid=AbC%20more", "AbC")]
    [InlineData("https://a.test/?fbclid=AbC%26x%3D1", "AbC")]
    [InlineData("https://a.test/?fbclid=AbC/", "AbC")]
    [InlineData("https://a.test/?fbclid=AbC%22", "AbC")]
    [InlineData("https://a.test/?fbclid=AbC?x=1", "AbC")]
    [InlineData("https://a.test/?fbclid=AbC%3Futm_source%3Dfb", "AbC")]
    [InlineData("https://a.test/?fbclid=AbC.AQ", "AbC")]
    [InlineData("https://a.test/?fbclid=AbC%252D", "AbC")]
    [InlineData("https://a.test/?fbclid=&fbclid=AbC", "AbC")]
    public void The_id_is_decoded_once_and_ends_where_it_cannot_go_on(string url, string id) =>
        Expect(url, Received + id);

    [Theory]
    [InlineData("https://a.test/?fbclid=fb.1.1795262300000.AbC", "fb.1.1795262300000.AbC")]
    [InlineData("https://a.test/?fbclid=fb%2E1%2E1795262300000%2EAbC", "fb.1.1795262300000.AbC")]
    [InlineData("https://a.test/?fbclid=fb.1.1795262300000.AbC.AQYCAQAA", "fb.1.1795262300000.AbC.AQYCAQAA")]
    public void A_complete_cookie_is_used_as_it_is(string url, string clickId) => Expect(url, clickId);

    [Theory]
    [InlineData("https://a.test/")]
    [InlineData("https://a.test/?fbclid")]
    [InlineData("https://a.test/?fbclid=")]
    [InlineData("https://a.test/?fbclid=%20AbC")]
    [InlineData("https://a.test/?fbclid=%2541bC")]
    [InlineData("https://a.test/?fbclid=.AbC")]
    [InlineData("https://a.test/?fbclid=fb.1.AbC")]
    [InlineData("https://a.test/?fbclid=fb.1.1795262300000")]
    [InlineData("https://a.test/?fbclid=fb.1.1795262300000.fb.1.1795262300000.AbC")]
    [InlineData("https://a.test/?fbclid=undefined")]
    [InlineData("https://a.test/?fbclid=null")]
    [InlineData("https://a.test/?fbclid=%5Bobject%20Object%5D")]
    [InlineData("https://a.test/?fbclid={{click}}")]
    [InlineData("https://a.test/?xfbclid=AbC")]
    [InlineData("https://a.test/fbclid=AbC")]
    [InlineData("not a url ?fbclid")]
    [InlineData("http://[::bad?fbclid=%zz")]
    public void A_malformed_value_yields_no_click_id(string url) => Expect(url, clickId: null);

    [Fact]
    public void The_events_own_click_id_comes_first_unless_it_is_a_placeholder()
    {
        foreach (var source in SourcesWithPages)
        {
            var page = JsonPath.Set(Identity.Body(source), "context.page.url", "\"https://a.test/?fbclid=AbC\"");
            var path = source == SourceName.CommandersAct ? "context.device.cookie._fbc" : "context.fbc";
            var own = JsonPath.Set(page, path, "\"fb.1.1795262300000.Own\"");
            Identity.Options(source).MapOne(own).Of(MatchKey.ClickId).Should().Be("fb.1.1795262300000.Own");

            var placeholder = JsonPath.Set(page, path, "\"undefined\"");
            Identity.Options(source).MapOne(placeholder).Of(MatchKey.ClickId).Should().Be(Received + "AbC");
        }
    }

    [Theory]
    [InlineData(SourceName.RudderStack, "properties.url", "context.page.url")]
    public void The_first_page_address_with_a_click_id_counts(string source, string with, string without)
    {
        var body = JsonPath.Set(Identity.Body(source), with, "\"https://a.test/?fbclid=AbC\"");
        Identity.Options(source).MapOne(body).Of(MatchKey.ClickId).Should().Be(Received + "AbC");

        var both = JsonPath.Set(body, without, "\"https://a.test/\"");
        Identity.Options(source).MapOne(both).Of(MatchKey.ClickId).Should().Be(Received + "AbC");
    }

    private static void Expect(string url, string? clickId)
    {
        foreach (var source in SourcesWithPages)
        {
            foreach (var api in Enum.GetValues<MetaApi>())
            {
                var body = JsonPath.Set(Identity.Body(source), "context.page.url", JsonSerializer.Serialize(url));
                var withId = JsonPath.Set(
                    body,
                    source == SourceName.CommandersAct ? "user.id" : "userId",
                    "\"customer-17\""
                );
                Identity
                    .Options(source, options => options.Api = api)
                    .MapOne(withId)
                    .Of(MatchKey.ClickId)
                    .Should()
                    .Be(clickId, "{0} at {1}", url, source);
            }
        }
    }
}
