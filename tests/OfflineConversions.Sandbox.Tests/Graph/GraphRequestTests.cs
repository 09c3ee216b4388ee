using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Graph;

public sealed class GraphRequestTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task The_data_may_be_JSON_in_a_JSON_text()
    {
        var answer = await _sandbox.Post(
            "v26.0/123",
            JsonValue.Create(new JsonArray(Some.Purchase(), Some.Purchase()).ToJsonString())!
        );

        (await answer.Json())["events_received"]!.GetValue<int>().Should().Be(2);
    }

    [Fact]
    public async Task The_body_may_be_a_form()
    {
        using var form = new FormUrlEncodedContent(Fields());

        await Taken(await _sandbox.Http.PostAsync(new Uri("v26.0/123/events", UriKind.Relative), form));
    }

    [Fact]
    public async Task The_body_may_be_multipart_as_curl_sends_it()
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in Fields())
        {
            form.Add(new StringContent(value), name);
        }

        await Taken(await _sandbox.Http.PostAsync(new Uri("v26.0/123/events", UriKind.Relative), form));
    }

    [Theory]
    [InlineData("?access_token=secret-token", null, "query")]
    [InlineData("", "Bearer secret-token", "header")]
    public async Task The_token_may_stand_outside_the_body(string query, string? authorization, string place)
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
    public async Task Without_a_token_nobody_gets_in(string body)
    {
        var answer = await _sandbox.Post("v26.0/123", body);

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await answer.Json())["error"]!["code"]!.GetValue<int>().Should().Be(190);
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
    public async Task A_request_that_is_wrong_as_a_whole_is_an_invalid_parameter(string body)
    {
        var answer = await _sandbox.Post("v26.0/123", body);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        var failure = await answer.Json();
        failure["error"]!["code"]!.GetValue<int>().Should().Be(100);
        failure.Subcode().Should().BeNull();
    }

    [Fact]
    public async Task A_compressed_body_is_refused_because_Meta_documents_none()
    {
        using var content = new ByteArrayContent([31, 139, 8, 0]);
        content.Headers.ContentEncoding.Add("gzip");

        var answer = await _sandbox.Http.PostAsync(new Uri("v26.0/123/events", UriKind.Relative), content);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await answer.Json())["error"]!["error_user_msg"]!.GetValue<string>().Should().Contain("Compressed");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("nonsense")]
    public async Task JSON_is_read_whatever_the_content_type_says(string? contentType)
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
    public async Task Only_a_Graph_version_leads_to_the_sandbox(string versionAndDataset) =>
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

    private async Task Taken(HttpResponseMessage answer)
    {
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        var seen = (await _sandbox.Events())["events"]![0]!;
        seen["uploadTag"]!.GetValue<string>().Should().Be("morning");
        seen["testEventCode"]!.GetValue<string>().Should().Be("TEST1");
        JsonNode.DeepEquals(seen["event"], Some.Purchase()).Should().BeTrue();
    }
}
