using System.Net;
using System.Text.Json;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>The authentication scheme of the operator's routes.</summary>
public sealed class OperatorAuthenticationTests : IAsyncLifetime
{
    private const string Key = "the-operators-key";
    private const int Tries = 20;
    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync() =>
        _service = await ServiceUnderTest.StartAsync(
            $"\"Admin\": {{ \"ApiKey\": \"{Key}\" }}, {ServiceUnderTest.FourSources}"
        );

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer the-operators-key-2")]
    [InlineData("Basic dGhlLW9wZXJhdG9ycy1rZXk6")]
    [InlineData("the-operators-key")]
    public async Task Any_other_credential_gets_401_with_a_challenge_and_a_problem_detail(string? header)
    {
        using var response = await SendAsync(HttpMethod.Get, "/api/ledger", header);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        response.Headers.GetValues("WWW-Authenticate").Should().Equal("Bearer realm=\"OfflineConversions operator\"");
        response.Headers.Contains("Retry-After").Should().BeFalse();
        await ShouldBeProblemAsync(
            response,
            401,
            "Unauthorized",
            "Send Authorization: Bearer with the key of Admin:ApiKey."
        );
    }

    [Theory]
    [InlineData("Bearer the-operators-key")]
    [InlineData("bearer the-operators-key")]
    [InlineData("BEARER  the-operators-key")]
    public async Task The_scheme_of_the_right_key_may_have_any_case(string header)
    {
        using var response = await SendAsync(HttpMethod.Get, "/api/ledger", header);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Headers.Contains("WWW-Authenticate").Should().BeFalse();
        response.Headers.Contains("Set-Cookie").Should().BeFalse();
    }

    [Fact]
    public async Task A_wrong_key_counts_once_and_the_try_after_the_last_gets_429_with_a_problem_detail()
    {
        for (var i = 0; i < Tries; i++)
        {
            (await StatusAsync("/api/ledger", "Bearer wrong")).Should().Be(HttpStatusCode.Unauthorized);
        }

        using var response = await SendAsync(HttpMethod.Get, "/api/ledger", "Bearer wrong");

        response.Headers.Contains("WWW-Authenticate").Should().BeFalse();
        response.Headers.GetValues("Retry-After").Single().Should().MatchRegex("^[1-6]$");
        await ShouldBeProblemAsync(response, 429, "Too Many Requests", "Too many wrong keys came from this address.");
    }

    [Theory]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("DELETE", "/api/ledger", 405)]
    [InlineData("GET", "/metrics", 200)]
    [InlineData("GET", "/healthz", 200)]
    [InlineData("GET", "/openapi/v1.json", 200)]
    [InlineData("POST", "/segment/v1/track", 401)]
    [InlineData("POST", "/commandersact/events", 401)]
    public async Task Other_routes_ignore_the_credential_and_count_no_guess(string method, string path, int status)
    {
        for (var i = 0; i < Tries + 5; i++)
        {
            using var response = await SendAsync(new HttpMethod(method), path, "Bearer wrong");
            ((int)response.StatusCode).Should().Be(status);
        }

        (await StatusAsync("/api/ledger", "Bearer wrong")).Should().Be(HttpStatusCode.Unauthorized, "not 429");
    }

    [Fact]
    public async Task Requests_without_a_key_are_no_guesses()
    {
        for (var i = 0; i < Tries + 5; i++)
        {
            (await StatusAsync("/api/ledger", header: null)).Should().Be(HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [InlineData("Production", null)]
    [InlineData("Production", "Bearer anything")]
    [InlineData("Development", "Bearer anything")]
    public async Task Without_a_configured_key_only_Development_answers_whatever_is_presented(
        string environment,
        string? header
    )
    {
        await using var service = await ServiceUnderTest.StartAsync(environment: environment);
        using var request = Request(HttpMethod.Get, "/api/ledger", header);
        using var response = await service.Http.SendAsync(request);

        if (environment == "Development")
        {
            response.StatusCode.Should().Be(HttpStatusCode.OK);
            return;
        }

        response.Headers.Contains("WWW-Authenticate").Should().BeFalse();
        await ShouldBeProblemAsync(
            response,
            403,
            "Forbidden",
            "No Admin:ApiKey is configured; without one these routes answer only this machine, and only in Development."
        );
    }

    [Fact]
    public async Task A_request_without_the_key_is_refused_before_its_body_is_read()
    {
        using var request = Request(HttpMethod.Post, "/api/erasure", "Bearer wrong");
        request.Content = new StringContent("not JSON");
        using var response = await _service.Http.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    private static async Task ShouldBeProblemAsync(
        HttpResponseMessage response,
        int status,
        string title,
        string detail
    )
    {
        ((int)response.StatusCode).Should().Be(status);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/problem+json");
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        problem
            .RootElement.EnumerateObject()
            .Select(member => member.Name)
            .Should()
            .Equal([.. status == 429 ? Array.Empty<string>() : ["type"], "title", "status", "detail", "traceId"]);
        problem.RootElement.GetProperty("title").GetString().Should().Be(title);
        problem.RootElement.GetProperty("status").GetInt32().Should().Be(status);
        problem.RootElement.GetProperty("detail").GetString().Should().Be(detail);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? header)
    {
        var request = new HttpRequestMessage(method, path);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", header);
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? header)
    {
        using var request = Request(method, path, header);
        request.Content = method == HttpMethod.Post ? new StringContent("{}") : null;
        return await _service.Http.SendAsync(request);
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string? header)
    {
        using var response = await SendAsync(HttpMethod.Get, path, header);
        return response.StatusCode;
    }
}
