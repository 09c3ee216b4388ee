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

    [Theory]
    [InlineData("/v1/track", "anonymousid,authorization,sentat")]
    [InlineData("/rudderstack/v1/identify", "authorization,anonymousid,content-type")]
    [InlineData("/beacon/v1/batch", "content-type")]
    [InlineData("//v1/batch", "authorization,content-type")]
    public async Task The_preflight_of_a_browser_SDK_passes_with_all_headers_that_it_asks_for(
        string path,
        string headers
    )
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $"\"Cors\": {{ \"Origins\": [\"https://shop.example\"] }}, {ServiceUnderTest.FourSources}"
        );

        using var preflight = await PreflightAsync(service, "https://shop.example", path, headers);

        preflight.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://shop.example");
        preflight
            .Headers.GetValues("Access-Control-Allow-Headers")
            .Single()
            .Split(',')
            .Should()
            .Contain(headers.Split(','));
    }

    [Fact]
    public async Task Without_origins_no_browser_is_let_in()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var answer = await PreflightAsync(service, "https://shop.example");

        answer.Headers.Contains("Access-Control-Allow-Origin").Should().BeFalse();
    }

    private static Task<HttpResponseMessage> PreflightAsync(
        ServiceUnderTest service,
        string origin,
        string path = "/v1/t",
        string headers = "authorization,content-type"
    )
    {
        var address = service.Http.BaseAddress!.ToString().TrimEnd('/') + path;
        var request = new HttpRequestMessage(HttpMethod.Options, address);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", headers);
        return service.Http.SendAsync(request);
    }
}
