using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Graph;

public sealed class SandboxRequestTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task The_data_may_be_a_JSON_string_that_contains_JSON()
    {
        var response = await _sandbox.Post(
            "v26.0/123",
            JsonValue.Create(new JsonArray(Some.Purchase(), Some.Purchase()).ToJsonString())!
        );

        (await response.Json())["events_received"]!.GetValue<int>().Should().Be(2);
    }

    [Fact]
    public async Task The_body_may_be_a_form()
    {
        using var form = new FormUrlEncodedContent(Fields());

        await AssertAccepted(await _sandbox.Http.PostAsync(new Uri("v26.0/123/events", UriKind.Relative), form));
    }

    [Fact]
    public async Task The_body_may_be_a_multipart_form_as_curl_sends_it()
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in Fields())
        {
            form.Add(new StringContent(value), name);
        }

        await AssertAccepted(await _sandbox.Http.PostAsync(new Uri("v26.0/123/events", UriKind.Relative), form));
    }

    [Theory]
    [InlineData("?access_token=secret-token", null, "query")]
    [InlineData("", "Bearer secret-token", "header")]
    public async Task The_token_may_be_in_the_query_or_a_header(string query, string? authorization, string place)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v26.0/123/events" + query)
        {
            Content = new StringContent(
                new JsonObject { ["data"] = new JsonArray(Some.Purchase()) }.ToJsonString(),
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        (await _sandbox.Http.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.OK);

        var seen = await _sandbox.LastRequest();
        seen["tokenIn"]!.GetValue<string>().Should().Be(place);
        seen["tokenFingerprint"]!.GetValue<string>().Should().Be("930bbdc51b6a");
        (await _sandbox.Requests()).ToJsonString().Should().NotContain("secret-token");
    }

    [Theory]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":[],"access_token":""}""")]
    public async Task A_request_without_a_token_is_refused(string body)
    {
        var response = await _sandbox.Post("v26.0/123", body);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await response.Json())["error"]!["code"]!.GetValue<int>().Should().Be(190);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"access_token":"token"}""")]
    [InlineData("""{"access_token":"token","data":[]}""")]
    [InlineData("""{"access_token":"token","data":{}}""")]
    [InlineData("""{"access_token":"token","data":"["}""")]
    [InlineData("""{"access_token":"\ud800","data":[]}""")]
    [InlineData("""{"access_token":"token","data":[{}],"test_event_code":7}""")]
    [InlineData("""{"access_token":"token","data":[{}],"appsecret_proof":"short"}""")]
    [InlineData("""{"access_token":"token","data":[{}],"partner_agent":"a name that is much too long"}""")]
    public async Task A_request_that_is_wrong_as_a_whole_gets_code_100(string body)
    {
        var response = await _sandbox.Post("v26.0/123", body);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        var failure = await response.Json();
        failure["error"]!["code"]!.GetValue<int>().Should().Be(100);
        failure.Subcode().Should().BeNull();
    }

    [Fact]
    public async Task A_compressed_body_is_refused_because_Meta_documents_none()
    {
        using var content = new ByteArrayContent([31, 139, 8, 0]);
        content.Headers.ContentEncoding.Add("gzip");

        var response = await _sandbox.Http.PostAsync(new Uri("v26.0/123/events", UriKind.Relative), content);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Json())["error"]!["error_user_msg"]!.GetValue<string>().Should().Contain("Compressed");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("nonsense")]
    public async Task JSON_is_read_regardless_of_the_content_type(string? contentType)
    {
        using var content = new ByteArrayContent(
            Encoding.UTF8.GetBytes(
                new JsonObject { ["data"] = new JsonArray(Some.Purchase()), ["access_token"] = "token" }.ToJsonString()
            )
        );
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        (await _sandbox.Http.PostAsync(new Uri("v26.0/123/events", UriKind.Relative), content))
            .StatusCode.Should()
            .Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("v2/123")]
    [InlineData("26.0/123")]
    [InlineData("v26.0.1/123")]
    [InlineData("vX.Y/123")]
    public async Task Only_paths_that_begin_with_a_Graph_version_reach_the_sandbox(string versionAndDataset) =>
        (await _sandbox.Post(versionAndDataset, new JsonArray(Some.Purchase())))
            .StatusCode.Should()
            .Be(HttpStatusCode.NotFound);

    private static Dictionary<string, string> Fields() =>
        new()
        {
            ["data"] = new JsonArray(Some.Purchase()).ToJsonString(),
            ["access_token"] = "token",
            ["upload_tag"] = "morning",
            ["test_event_code"] = "TEST1",
        };

    private async Task AssertAccepted(HttpResponseMessage response)
    {
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var seen = (await _sandbox.Events())["events"]![0]!;
        seen["uploadTag"]!.GetValue<string>().Should().Be("morning");
        seen["testEventCode"]!.GetValue<string>().Should().Be("TEST1");
        JsonNode.DeepEquals(seen["event"], Some.Purchase()).Should().BeTrue();
    }
}
