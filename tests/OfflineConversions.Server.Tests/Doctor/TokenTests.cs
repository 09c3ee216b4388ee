using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Doctor;

/// <summary>What is known about the token of a connection, against the sandbox.</summary>
public sealed class TokenTests
{
    private const string OwnApp = """
        "AppId": "7700000", "AppSecret": "app-s3cret",
        """;

    [Fact]
    public async Task A_token_of_Events_Manager_describes_itself()
    {
        await using var service = await StartAsync();
        await DescribeAsync(service, """{"token":"t0ken","expiresAt":"2099-12-01T00:00:00Z","datasets":["4","5"]}""");

        var token = await TokenAsync(service);

        token.GetProperty("valid").GetBoolean().Should().BeTrue();
        token.GetProperty("source").GetString().Should().Be("debug_token");
        token
            .GetProperty("expiresAt")
            .GetDateTimeOffset()
            .Should()
            .Be(new DateTimeOffset(2099, 12, 1, 0, 0, 0, TimeSpan.Zero));
        Texts(token, "scopes").Should().Equal("read_ads_dataset_quality");
        Texts(token, "datasets").Should().Equal("4", "5");
        token.GetProperty("message").GetString().Should().Be("The token is valid until 2099-12-01.");
        (await service.Http.GetStringAsync("/metrics"))
            .Should()
            .Contain("""offlineconversions_connection_token_expires_timestamp_seconds{connection="com"} 4099766400""");
    }

    [Fact]
    public async Task A_token_without_an_end_has_none_and_its_gauge_is_0()
    {
        await using var service = await StartAsync();

        var token = await TokenAsync(service);

        token.GetProperty("expiresAt").ValueKind.Should().Be(JsonValueKind.Null);
        token.GetProperty("message").GetString().Should().Contain("has no end");
        (await service.Http.GetStringAsync("/metrics"))
            .Should()
            .Contain("""offlineconversions_connection_token_expires_timestamp_seconds{connection="com"} 0""");
    }

    [Fact]
    public async Task A_system_users_token_is_described_to_its_app()
    {
        await using var service = await StartAsync(OwnApp);
        await DescribeAsync(service, """{"token":"t0ken","kind":"systemUser","appId":"7700000"}""");

        var token = await TokenAsync(service);

        token.GetProperty("source").GetString().Should().Be("debug_token");
        Texts(token, "scopes").Should().Contain("ads_management");
    }

    [Theory]
    [InlineData("""{"node":"debug_token","code":190,"token":"7700000|app-s3cret"}""", "debug_token")]
    [InlineData("""{"node":"debug_token","code":1}""", "proof")]
    [InlineData("""{"node":"debug_token","status":502,"body":"<html>Bad gateway</html>"}""", "proof")]
    [InlineData("""{"node":"debug_token","status":200,"body":"[1]"}""", "proof")]
    [InlineData("""{"node":"debug_token","status":200,"body":"{\"data\":{\"is_valid\":1}}"}""", "proof")]
    [InlineData("""{"node":"debug_token","drop":"before"}""", "proof")]
    public async Task What_one_way_does_not_tell_the_next_one_does(string fault, string source)
    {
        await using var service = await StartAsync(OwnApp);
        await FaultAsync(service, fault);

        var token = await TokenAsync(service);

        token.GetProperty("valid").GetBoolean().Should().BeTrue();
        token.GetProperty("source").GetString().Should().Be(source);
    }

    [Fact]
    public async Task Without_a_description_the_proof_shows_whether_the_token_is_valid_and_for_which_datasets()
    {
        await using var service = await StartAsync();
        await DescribeAsync(service, """{"token":"t0ken","kind":"systemUser"}""");

        var token = await TokenAsync(service);

        token.GetProperty("valid").GetBoolean().Should().BeTrue();
        token.GetProperty("source").GetString().Should().Be("proof");
        token.GetProperty("expiresAt").ValueKind.Should().Be(JsonValueKind.Null);
        Texts(token, "datasets").Should().Equal("4");
        token.GetProperty("message").GetString().Should().Contain("AppId and AppSecret");
        (await service.GetJsonAsync("/sandbox/events")).GetProperty("received").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task A_token_without_the_right_for_a_dataset_is_valid_but_not_for_it()
    {
        await using var service = await StartAsync();
        await DescribeAsync(service, """{"token":"t0ken","kind":"systemUser","datasets":["1"]}""");

        var token = await TokenAsync(service);

        token.GetProperty("valid").GetBoolean().Should().BeTrue();
        Texts(token, "datasets").Should().BeEmpty();
    }

    [Theory]
    [InlineData("eventsManager", "", "debug_token")]
    [InlineData("systemUser", OwnApp, "debug_token")]
    [InlineData("systemUser", "", "proof")]
    public async Task A_token_that_ended_is_not_valid(string kind, string app, string source)
    {
        await using var service = await StartAsync(app);
        await DescribeAsync(service, $$"""{"token":"t0ken","kind":"{{kind}}","expiresAt":"2020-01-01T00:00:00Z"}""");

        var token = await TokenAsync(service);

        token.GetProperty("valid").GetBoolean().Should().BeFalse();
        token.GetProperty("source").GetString().Should().Be(source);
        token.GetProperty("message").GetString().Should().Contain("Generate a system user's token");
    }

    [Fact]
    public async Task Without_Meta_nothing_is_known()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key" }, "Graph": { "BaseAddress": "http://127.0.0.1:9/" },
            {{ServiceUnderTest.FourSources}}
            """
        );
        Authorize(service);

        var token = await TokenAsync(service);

        token.GetProperty("valid").ValueKind.Should().Be(JsonValueKind.Null);
        token.GetProperty("message").GetString().Should().Contain("the connection was refused");
    }

    [Fact]
    public async Task It_needs_the_operators_key_and_a_configured_connection()
    {
        await using var service = await StartAsync();
        using (var unknown = await service.Http.GetAsync("/api/connections/none/token"))
        {
            unknown.StatusCode.Should().Be(HttpStatusCode.NotFound);
        }

        service.Http.DefaultRequestHeaders.Authorization = null;
        using var stranger = await service.Http.GetAsync("/api/connections/com/token");
        stranger.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    private static async Task<ServiceUnderTest> StartAsync(string more = "")
    {
        var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Sandbox": { "Enabled": true }, "Admin": { "ApiKey": "the-operators-key" },
            "Connections": { "com": { "Source": "CommandersAct", "WriteKeys": ["com-key-1"], "AccessToken": "t0ken",
                                      {{more}} "DatasetId": "4" } }
            """
        );
        Authorize(service);
        return service;
    }

    private static void Authorize(ServiceUnderTest service) =>
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-operators-key");

    private static async Task<JsonElement> TokenAsync(ServiceUnderTest service)
    {
        var text = await service.Http.GetStringAsync("/api/connections/com/token");
        text.Should().NotContain("t0ken").And.NotContain("app-s3cret");
        return JsonElement.Parse(text);
    }

    private static IEnumerable<string?> Texts(JsonElement token, string list) =>
        token.GetProperty(list).EnumerateArray().Select(text => text.GetString());

    private static Task DescribeAsync(ServiceUnderTest service, string token) =>
        PostAsync(service, "/sandbox/tokens", token);

    private static Task FaultAsync(ServiceUnderTest service, string fault) =>
        PostAsync(service, "/sandbox/faults", fault);

    private static async Task PostAsync(ServiceUnderTest service, string path, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync(path, body);
        response.EnsureSuccessStatusCode();
    }
}
