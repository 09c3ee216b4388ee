using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Hosting;

public sealed class RootEndpointTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData("GET", null)]
    [InlineData("GET", "*/*")]
    [InlineData("GET", "application/json")]
    [InlineData("HEAD", null)]
    [InlineData("HEAD", "*/*")]
    public async Task An_uptime_check_of_the_bare_address_gets_200(string method, string? accept)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var response = await GetAsync(service.Http, method, accept);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        if (method == "GET")
        {
            var body = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
            body["status"]!.GetValue<string>().Should().Be("alive");
            foreach (var path in new[] { "readiness", "console", "swagger" })
            {
                using var linked = await service.Http.GetAsync(body[path]!.GetValue<string>());
                linked.StatusCode.Should().Be(HttpStatusCode.OK, path);
            }
        }
    }

    [Fact]
    public async Task A_browser_that_opens_the_bare_address_sees_the_console_which_links_to_Swagger()
    {
        await using var service = await ServiceUnderTest.StartAsync(environment: "Development");
        using var response = await GetAsync(service.Http, "GET", Browser);

        response.RequestMessage!.RequestUri!.AbsolutePath.Should().Be("/console", "the client was redirected");
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().Contain("href=\"/swagger/index.html\"");
    }

    [Fact]
    public async Task Without_the_console_a_browser_sees_the_Swagger_page()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $"\"Admin\": {{ \"Console\": false }}, {ServiceUnderTest.FourSources}"
        );
        using var response = await GetAsync(service.Http, "GET", Browser);

        response
            .RequestMessage!.RequestUri!.AbsolutePath.Should()
            .Be("/swagger/index.html", "the client was redirected");
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().Contain("name=\"viewport\"");
    }

    [Fact]
    public async Task A_post_to_the_bare_address_is_refused_and_names_the_methods()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var response = await service.PostAsync("/", "{}", "seg-key-1");

        response.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.Should().BeEquivalentTo("GET", "HEAD");
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient http, string method, string? accept)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), "/");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return http.SendAsync(request);
    }
}
