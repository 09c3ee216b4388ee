using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.Clients;

/// <summary>The pages of a shop post to the service, which has another origin.</summary>
public sealed class BrowserTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_browser_on_a_listed_origin_passes_the_preflight_and_may_read_refusals_and_Retry_After()
    {
        await using var service = await ServiceProcess.StartAsync(
            _folder,
            $"\"Cors\": {{ \"Origins\": [\"https://shop.example\"] }}, {Settings.OwnSandbox}"
        );
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/t");
        preflight.Headers.Add("Origin", "https://shop.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        using var wrongKey = new HttpRequestMessage(HttpMethod.Post, "/v1/t")
        {
            Content = new StringContent("""{"writeKey":"unknown","event":"Order Completed"}"""),
        };
        wrongKey.Headers.Add("Origin", "https://shop.example");

        using var allowed = await service.Http.SendAsync(preflight);
        using var refused = await service.Http.SendAsync(wrongKey);

        ((int)allowed.StatusCode).Should().Be(204);
        allowed.Headers.GetValues("Access-Control-Allow-Headers").Should().Equal("authorization,content-type");
        ((int)refused.StatusCode).Should().Be(401);
        refused.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://shop.example");
        refused.Headers.GetValues("Access-Control-Expose-Headers").Should().Equal("Retry-After");
    }

    public void Dispose() => _folder.Dispose();
}
