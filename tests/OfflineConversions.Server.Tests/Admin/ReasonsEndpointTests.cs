using System.Net;
using System.Net.Http.Headers;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class ReasonsEndpointTests
{
    [Fact]
    public async Task The_operator_reads_the_whole_catalogue_and_strangers_do_not()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key" },
            {{ServiceUnderTest.FourSources}}
            """
        );
        using (var stranger = await service.Http.GetAsync("/api/reasons"))
        {
            stranger.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-operators-key");
        var page = await service.GetJsonAsync("/api/reasons");
        page.GetProperty("next").GetRawText().Should().Be("null");
        page.GetProperty("items").GetArrayLength().Should().Be(ReasonCatalogue.All.Count);
        page.GetProperty("items")
            .EnumerateArray()
            .Single(item => item.GetProperty("code").GetString() == "too_large")
            .GetRawText()
            .Should()
            .StartWith(
                """{"code":"too_large","kind":"failed","meaning":"Meta refused the event alone as larger than """
                    + """a request may be.","cause":"""
            )
            .And.Contain("\"remedy\":\"Send fewer properties, and discard the event.\"");
    }
}
