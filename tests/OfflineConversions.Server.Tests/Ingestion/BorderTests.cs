using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>What clients of all sources do at the border that no vendor's page describes.</summary>
public sealed class BorderTests : IAsyncLifetime
{
    private ServiceUnderTest _service = null!;

    public static TheoryData<string, string> MethodsAndSources()
    {
        var rows = new TheoryData<string, string>();
        foreach (var source in SourceName.All)
        {
            rows.Add("PUT", source);
            rows.Add("PATCH", source);
        }

        return rows;
    }

    public async Task InitializeAsync() =>
        _service = await ServiceUnderTest.StartAsync(
            $"\"Admin\": {{ \"ApiKey\": \"{FiveSources.OperatorKey}\" }}, {ServiceUnderTest.FourSources}"
        );

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [MemberData(nameof(MethodsAndSources))]
    public async Task A_webhook_may_use_another_method(string method, string source)
    {
        var (path, key) = OddEvents.Of(source);
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new StringContent(OddEvents.Batch(source, OddEvents.Event(source))),
        };
        request.Headers.Authorization = new("Basic", Base64(key.Contains(':') ? key : $"{key}:"));
        using var response = await _service.Http.SendAsync(request);

        response.IsSuccessStatusCode.Should().BeTrue();
        _service.Outbox.Entries.Should().ContainSingle();
    }

    [Theory]
    [InlineData("/segment/v1/track", "seg-key-1", "identify", "unsupported_type")]
    [InlineData("/segment/v1/t", "seg-key-1", "delete", "unsupported_type")]
    [InlineData("/v1/track", "rud-key-1", "identify", "unsupported_type")]
    [InlineData("/rudderstack/v1/track", "rud-key-1", "Alias", "unsupported_type")]
    [InlineData("/segment/v1/identify", "seg-key-1", "track", null)]
    [InlineData("/rudderstack/v1/page", "rud-key-1", "TRACK", null)]
    [InlineData("/segment/v1/track", "seg-key-1", "", null)]
    [InlineData("/rudderstack/v1/track", "rud-key-1", "", null)]
    [InlineData("/segment/v1/identify", "seg-key-1", "", "unsupported_type")]
    public async Task A_messages_own_type_takes_precedence_over_the_paths(
        string path,
        string key,
        string type,
        string? reason
    )
    {
        var message = OddEvents
            .Event(SourceName.Segment)
            .Replace("\"type\":\"track\"", $"\"type\":\"{type}\"", StringComparison.Ordinal);
        using var response = await _service.PostAsync(path, message, key, ("Prefer", "return=representation"));
        var outcome = (await response.Content.ReadFromJsonAsync<JsonNode>())!["events"]![0]!;

        outcome["reason"]?.GetValue<string>().Should().Be(reason);
        outcome["outcome"]!.GetValue<string>().Should().Be(reason is null ? "accepted" : "ignored");
    }

    [Theory]
    [InlineData("/segment/v1/batch", "unknown")]
    [InlineData("/segment/v1/track", "rud-key-1")]
    [InlineData("/v1/batch", "unknown")]
    [InlineData("/v1/identify", "unknown")]
    [InlineData("/v1/t", "com-key-1")]
    public async Task A_wrong_key_is_refused_with_the_body_that_Python_libraries_understand(string path, string key)
    {
        using var response = await _service.PostAsync(path, "{}", key);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await response.Content.ReadAsStringAsync())
            .Should()
            .Be("""{"success":false,"code":"unauthorized","message":"invalid write key"}""");
    }

    [Theory]
    [InlineData("{\"batch\":[", "malformed_json", 400)]
    [InlineData("{\"batch\":1}", "wrong_shape", 400)]
    [InlineData("17", "wrong_shape", 400)]
    [InlineData("\u0000{}", "unreadable", 400)]
    public async Task Every_refusal_in_JSON_has_a_code_and_a_message(string body, string code, int status)
    {
        foreach (var path in new[] { "/segment/v1/batch", "/v1/batch" })
        {
            using var response = await _service.PostAsync(path, body, "seg-key-1");
            var refusal = (await response.Content.ReadFromJsonAsync<JsonNode>())!;

            ((int)response.StatusCode).Should().Be(status);
            refusal["code"]!.GetValue<string>().Should().Be(code);
            refusal["message"]!.GetValue<string>().Should().NotBeNullOrWhiteSpace();
            refusal["success"]!.GetValue<bool>().Should().BeFalse();
        }
    }

    [Theory]
    [InlineData("/v2/us1-0123456789abcdef/events")]
    [InlineData("/v1/us1-0123456789abcdef/events/")]
    [InlineData("/v3/JS/us1-0123456789abcdef/events")]
    [InlineData("/v2/JS/us1-0123456789abcdef/events")]
    [InlineData("/v1/JS/us1-0123456789abcdef/Forwarding")]
    [InlineData("/mparticle/v2/us1-0123456789abcdef/events")]
    [InlineData("/mparticle/v3/JS/us1-0123456789abcdef/events")]
    [InlineData("//v2/us1-0123456789abcdef/events")]
    [InlineData("//v2//us1-0123456789abcdef/events/")]
    [InlineData("//v3/JS/us1-0123456789abcdef/events")]
    [InlineData("/v3//JS/us1-0123456789abcdef/events")]
    [InlineData("//mparticle/v2/us1-0123456789abcdef/events")]
    [InlineData("/mparticle//v3/JS/us1-0123456789abcdef/Forwarding")]
    public async Task A_client_SDK_of_mParticle_is_told_that_it_is_not_served(string path)
    {
        using var response = await _service.PostAsync($"{Base}{path}", "{}", key: null);

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        (await response.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!
            .GetValue<string>()
            .Should()
            .Contain("client SDKs")
            .And.Contain("/v2/events");
    }

    [Theory]
    [InlineData("//api/ledger")]
    [InlineData("/api//ledger")]
    [InlineData("//metrics")]
    [InlineData("//healthz")]
    [InlineData("//sandbox/events")]
    [InlineData("//v27.0/1/events")]
    public async Task Repeated_slashes_lead_to_no_route_of_the_operator(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Base}{path}");
        request.Headers.Authorization = new("Bearer", FiveSources.OperatorKey);
        using var response = await _service.Http.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("seg", SourceName.Segment)]
    [InlineData("rud", SourceName.RudderStack)]
    public async Task A_preview_has_the_outcome_of_the_batch_route_and_a_call_only_where_it_is_given(
        string connection,
        string source
    )
    {
        var typed = JsonNode.Parse(OddEvents.Event(source))!.AsObject();
        var untyped = typed.DeepClone().AsObject();
        untyped.Remove("type");

        (await PreviewAsync(connection, typed)).Should().Be("accepted");
        (await PreviewAsync(connection, untyped)).Should().Be("unsupported_type");
        (await PreviewAsync(connection, new JsonObject { ["batch"] = new JsonArray(untyped.DeepClone()) }))
            .Should()
            .Be("unsupported_type");
        (await PreviewAsync(connection, untyped, call: "track")).Should().Be("accepted");
        (await PreviewAsync(connection, untyped, call: "identify")).Should().Be("unsupported_type");
        (await PreviewAsync(connection, typed, call: "identify")).Should().Be("accepted", "its own type comes first");
        var (_, outcomes) = await _service.PostOddAsync(source, OddEvents.Bytes(untyped.ToJsonString()));
        outcomes.Should().Equal("unsupported_type");
    }

    private string Base => _service.Http.BaseAddress!.ToString().TrimEnd('/');

    private async Task<string> PreviewAsync(string connection, JsonObject body, string? call = null)
    {
        var preview = new JsonObject { ["connection"] = connection, ["body"] = body.DeepClone() };
        if (call is not null)
        {
            preview["call"] = call;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/preview")
        {
            Content = JsonContent.Create(preview),
        };
        request.Headers.Authorization = new("Bearer", FiveSources.OperatorKey);
        using var response = await _service.Http.SendAsync(request);
        var result = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("events")[0];
        return result.GetProperty("reason").GetString() ?? result.GetProperty("outcome").GetString()!;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
