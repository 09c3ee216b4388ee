namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class CorsTests
{
    [Fact]
    public async Task A_listed_origin_may_post_from_a_browser_and_another_may_not()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $"\"Cors\": {{ \"Origins\": [\"https://shop.example\"] }}, {ServiceUnderTest.FourSources}"
        );

        using var listed = await PreflightAsync(service, "https://shop.example");
        using var other = await PreflightAsync(service, "https://evil.example");
        using var post = await service.PostAsync(
            "/v1/i",
            ServiceUnderTest.Sample(SourceName.Segment, "/v1/i"),
            "seg-key-1",
            ("Origin", "https://shop.example")
        );

        listed.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://shop.example");
        other.Headers.Contains("Access-Control-Allow-Origin").Should().BeFalse();
        post.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://shop.example");
    }

    [Fact]
    public async Task Without_origins_no_browser_is_let_in()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var answer = await PreflightAsync(service, "https://shop.example");

        answer.Headers.Contains("Access-Control-Allow-Origin").Should().BeFalse();
    }

    private static Task<HttpResponseMessage> PreflightAsync(ServiceUnderTest service, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/v1/t");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        return service.Http.SendAsync(request);
    }
}
