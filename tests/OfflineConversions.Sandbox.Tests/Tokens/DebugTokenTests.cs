using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Tokens;

/// <summary>What Meta says about tokens. Source: Meta, "Debug Token".</summary>
public sealed class DebugTokenTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task An_Events_Manager_token_may_look_at_itself_and_has_one_scope()
    {
        var data = (await Look("my-token", "my-token"))["data"]!;

        data["is_valid"]!.GetValue<bool>().Should().BeTrue();
        data["expires_at"]!.GetValue<long>().Should().Be(0, "0 means never");
        data["type"]!.GetValue<string>().Should().Be("SYSTEM_USER");
        data["application"]!.GetValue<string>().Should().Be("Conversions API Application");
        data["scopes"]!.ToJsonString().Should().Be("""["read_ads_dataset_quality"]""");
    }

    [Fact]
    public async Task A_described_token_shows_its_end_and_its_datasets()
    {
        await Describe("""{"token":"my-token","expiresAt":"2026-12-01T00:00:00Z","datasets":["41","42"]}""");

        var data = (await Look("my-token", "my-token"))["data"]!;

        data["expires_at"]!
            .GetValue<long>()
            .Should()
            .Be(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
        data["granular_scopes"]!
            .ToJsonString()
            .Should()
            .Be("""[{"scope":"read_ads_dataset_quality","target_ids":["41","42"]}]""");
    }

    [Fact]
    public async Task A_system_users_token_may_not_look_at_itself_but_its_app_may()
    {
        await Describe("""{"token":"my-token","kind":"systemUser","appId":"77"}""");

        var refused = await Look("my-token", "my-token", HttpStatusCode.BadRequest);
        refused["error"]!["code"]!.GetValue<int>().Should().Be(100);
        refused["error"]!["message"]!.GetValue<string>().Should().Contain("must provide an app access token");

        (await Look("my-token", "77|app-secret"))["data"]!["app_id"]!.GetValue<string>().Should().Be("77");
        (await Look("my-token", "78|app-secret", HttpStatusCode.BadRequest))["error"]!["message"]!
            .GetValue<string>()
            .Should()
            .Contain("did not match the Viewing App");
    }

    [Theory]
    [InlineData("""{"token":"my-token","expiresAt":"2026-11-20T00:00:00Z"}""", 463)]
    [InlineData("""{"token":"my-token","revoked":true}""", 460)]
    public async Task A_token_that_ended_is_described_with_status_200_and_can_send_nothing(string token, int subcode)
    {
        await Describe(token);

        var data = (await Look("my-token", "77|app-secret"))["data"]!;
        data["is_valid"]!.GetValue<bool>().Should().BeFalse();
        data["error"]!["code"]!.GetValue<int>().Should().Be(190);
        data["error"]!["subcode"]!.GetValue<int>().Should().Be(subcode);

        using var sent = await _sandbox.Post("v27.0/123", new JsonArray(Some.Purchase()), "my-token");
        sent.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await sent.Json()).Subcode().Should().Be(subcode);
    }

    [Fact]
    public async Task A_text_that_is_no_token_is_described_with_status_200()
    {
        var data = (await Look("no token", "77|app-secret"))["data"]!;
        data["is_valid"]!.GetValue<bool>().Should().BeFalse();
        data["error"]!["message"]!.GetValue<string>().Should().Contain("Cannot parse access token");
    }

    [Fact]
    public async Task A_token_may_send_only_to_its_datasets()
    {
        await Describe("""{"token":"my-token","datasets":["123"]}""");

        using var own = await _sandbox.Post("v27.0/123", new JsonArray(Some.Purchase()), "my-token");
        using var other = await _sandbox.Post("v27.0/124", new JsonArray(Some.Purchase()), "my-token");

        own.StatusCode.Should().Be(HttpStatusCode.OK);
        other.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await other.Json())["error"]!["message"]!.GetValue<string>().Should().Be("(#100) Missing Permission");
    }

    [Fact]
    public async Task A_fault_that_kills_a_token_shows_there_too()
    {
        using var added = await _sandbox.AddFault("""{"deadToken":"my-token"}""");
        (await Look("my-token", "my-token"))["data"]!["is_valid"]!.GetValue<bool>().Should().BeFalse();
    }

    [Fact]
    public async Task A_fault_of_the_node_does_not_concern_events()
    {
        using var added = await _sandbox.AddFault("""{"node":"debug_token","code":190,"times":1}""");

        using var sent = await _sandbox.Post(Some.Purchase());
        sent.StatusCode.Should().Be(HttpStatusCode.OK);
        (await Look("my-token", "my-token", HttpStatusCode.Unauthorized))["error"]!["code"]!
            .GetValue<int>()
            .Should()
            .Be(190);
        await Look("my-token", "my-token");
    }

    [Theory]
    [InlineData("""{"node":"elsewhere","code":190}""")]
    [InlineData("""{"node":"debug_token","code":190,"dataset":"1"}""")]
    public async Task A_fault_of_an_unknown_node_or_of_a_node_and_a_dataset_is_refused(string fault)
    {
        using var refused = await _sandbox.AddFault(fault);
        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await refused.Json())["errors"]!["node"].Should().NotBeNull();
    }

    [Fact]
    public async Task The_token_cannot_leave_the_URL()
    {
        using var posted = await _sandbox.Http.PostAsync(
            new Uri("v27.0/debug_token?access_token=my-token", UriKind.Relative),
            new StringContent("""{"input_token":"my-token"}""", Encoding.UTF8, "application/json")
        );
        posted.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await posted.Json()).Subcode().Should().Be(33);
    }

    [Fact]
    public async Task Descriptions_are_shown_without_the_token_and_can_be_forgotten()
    {
        await Describe("""{"token":"my-token","kind":"systemUser"}""");
        (await _sandbox.Http.GetStringAsync("sandbox/tokens"))
            .Should()
            .Contain("systemUser")
            .And.NotContain("my-token");

        using var deleted = await _sandbox.Http.DeleteAsync("sandbox/tokens");
        (await _sandbox.Http.GetStringAsync("sandbox/tokens")).Should().Be("""{"tokens":[]}""");
        using var bad = await Add("""{"kind":"systemUser"}""");
        bad.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        using var unknown = await Add("""{"token":"my-token","expires":"2026-12-01"}""");
        unknown.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    private async Task Describe(string token)
    {
        using var added = await Add(token);
        added.StatusCode.Should().Be(HttpStatusCode.Created);
    }

    private Task<HttpResponseMessage> Add(string token) =>
        _sandbox.Http.PostAsync(
            new Uri("sandbox/tokens", UriKind.Relative),
            new StringContent(token, Encoding.UTF8, "application/json")
        );

    private async Task<JsonNode> Look(string input, string caller, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri($"v27.0/debug_token?input_token={Uri.EscapeDataString(input)}", UriKind.Relative)
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller);
        using var response = await _sandbox.Http.SendAsync(request);
        response.StatusCode.Should().Be(status);
        response.Headers.GetValues("facebook-api-version").Should().Equal("v27.0");
        return await response.Json();
    }
}
