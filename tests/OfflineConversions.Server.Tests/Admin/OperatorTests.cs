using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

public sealed partial class OperatorTests : IAsyncLifetime
{
    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync()
    {
        _service = await ServiceUnderTest.StartAsync(
            $"\"Admin\": {{ \"ApiKey\": \"the-operators-key\" }}, {ServiceUnderTest.FourSources}"
        );
        _service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            "the-operators-key"
        );
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("Bearer wrong", 401)]
    [InlineData("Basic the-operators-key", 401)]
    [InlineData(null, 401)]
    public async Task Without_the_operators_key_the_operators_routes_are_closed(string? header, int status)
    {
        _service.Http.DefaultRequestHeaders.Authorization = null;
        if (header is not null)
        {
            _service.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        }

        foreach (
            var path in new[]
            {
                "/api/outcomes",
                "/api/events/1",
                "/api/events?orderId=1",
                "/api/funnel",
                "/api/tail",
                "/api/backlog",
                "/api/failed",
                "/api/failed?limit=x",
                "/api/connections",
                "/api/ledger",
            }
        )
        {
            ((int)(await _service.Http.GetAsync(path)).StatusCode).Should().Be(status);
        }

        foreach (
            var path in new[]
            {
                "/api/preview",
                "/api/failed/replay",
                "/api/failed/discard",
                "/api/connections/seg/pause",
                "/api/connections/seg/resume",
                "/api/erasure",
            }
        )
        {
            ((int)(await _service.Http.PostAsync(path, new StringContent("{}"))).StatusCode).Should().Be(status);
        }
    }

    [Theory]
    [InlineData("Development", HttpStatusCode.OK)]
    [InlineData("Production", HttpStatusCode.Forbidden)]
    public async Task With_no_key_configured_they_answer_this_machine_in_Development_only(
        string environment,
        HttpStatusCode status
    )
    {
        await using var service = await ServiceUnderTest.StartAsync(environment: environment);

        (await service.Http.GetAsync("/api/outcomes")).StatusCode.Should().Be(status);
    }

    [Fact]
    public async Task Health_and_metrics_need_no_key()
    {
        _service.Http.DefaultRequestHeaders.Authorization = null;

        foreach (
            var path in new[]
            {
                "/healthz",
                "/readyz",
                "/metrics",
                "/openapi/v1.json",
                "/swagger/index.html",
                "/swagger",
            }
        )
        {
            (await _service.Http.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task A_full_disk_makes_the_service_unready_with_the_reason()
    {
        _service.Outbox.UnavailableFor = TimeSpan.FromSeconds(1);

        using var answer = await _service.Http.GetAsync("/readyz");

        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync())
            .Should()
            .Be("""{"status":"not ready","reasons":["The disk is full."]}""");
    }

    [Fact]
    public async Task An_event_that_was_not_accepted_is_found_again()
    {
        var body = ServiceUnderTest.Sample(SourceName.RudderStack, "/v1/track");
        (await _service.PostAsync("/v1/track", body, "rud-key-1")).Dispose();
        (await _service.PostAsync("/v1/track", body, "rud-key-1")).Dispose();

        var only = (await _service.GetJsonAsync("/api/outcomes?outcome=ignored"))
            .GetProperty("items")
            .EnumerateArray()
            .Should()
            .ContainSingle()
            .Subject;

        only.GetProperty("connection").GetString().Should().Be("rud");
        only.GetProperty("source").GetString().Should().Be("rudderstack");
        only.GetProperty("outcome").GetString().Should().Be("ignored");
        only.GetProperty("reason").GetString().Should().Be("duplicate");
    }

    [Fact]
    public async Task Metrics_count_events_by_source_connection_outcome_and_reason_in_the_exposition_format()
    {
        var body = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");
        (await _service.PostAsync("/v1/track", body, "seg-key-1")).Dispose();
        (await _service.PostAsync("/v1/track", body, "seg-key-1")).Dispose();

        using var answer = await _service.Http.GetAsync("/metrics");
        var text = await answer.Content.ReadAsStringAsync();

        answer.Content.Headers.ContentType!.ToString().Should().Be("text/plain; version=0.0.4; charset=utf-8");
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Should()
            .OnlyContain(line => ExpositionLine().IsMatch(line));
        text.Should()
            .EndWith("\n")
            .And.Contain("# TYPE offlineconversions_events_total counter\n")
            .And.Contain(
                """offlineconversions_events_total{connection="seg",outcome="accepted",reason="",source="segment"} 1"""
            )
            .And.Contain(
                "offlineconversions_events_total{connection=\"seg\",outcome=\"ignored\",reason=\"duplicate\","
                    + "source=\"segment\"} 1"
            )
            .And.Contain(
                """offlineconversions_request_duration_seconds_bucket{source="segment",status="200",le="+Inf"} 2"""
            )
            .And.Contain("""offlineconversions_request_duration_seconds_count{source="segment",status="200"} 2""")
            .And.Contain("""offlineconversions_backlog_events{connection="seg"} 1""")
            .And.Contain("""offlineconversions_backlog_events{connection="rud"} 0""")
            .And.Contain("""offlineconversions_connection_halted{connection="rud"} 0""");
    }

    [Fact]
    public async Task A_preview_shows_what_would_be_sent_and_stores_nothing()
    {
        var sample = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");

        var answer = await PreviewAsync($$"""{"connection":"seg","call":"track","body":{{sample}}}""");

        answer.Status.Should().Be(HttpStatusCode.OK);
        var only = answer.Body.GetProperty("events").EnumerateArray().Should().ContainSingle().Subject;
        only.GetProperty("outcome").GetString().Should().Be("accepted");
        var delivery = only.GetProperty("deliveries").EnumerateArray().Should().ContainSingle().Subject;
        delivery.GetProperty("api").GetString().Should().Be("ConversionsApi");
        delivery.GetProperty("event").GetProperty("event_name").GetString().Should().Be("Purchase");
        _service.Outbox.Entries.Should().BeEmpty();
    }

    [Fact]
    public async Task A_preview_may_bring_its_connection_along_without_credentials()
    {
        var answer = await PreviewAsync(
            $$$"""
            {"connection":{"Source":"CommandersAct","DatasetId":"9"},
              "body":{{{ServiceUnderTest.Sample(SourceName.CommandersAct, "/events")}}},"receivedAt":null}
            """
        );

        answer.Status.Should().Be(HttpStatusCode.OK);
        answer.Body.GetProperty("events").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task A_preview_opens_no_file_that_its_caller_names()
    {
        var answer = await PreviewAsync(
            $$$"""
            {"connection":{"Source":"CommandersAct","DatasetId":"9","AccessTokenFile":"/etc/hostname",
              "WriteKeysFile":"/nowhere"},
              "body":{{{ServiceUnderTest.Sample(SourceName.CommandersAct, "/events")}}}}
            """
        );

        answer.Status.Should().Be(HttpStatusCode.OK, "a file that was looked for would be told to be missing");
    }

    [Theory]
    [InlineData("""{"connection":"nobody","body":{}}""", "connection")]
    [InlineData("""{"body":{}}""", "connection")]
    [InlineData("""{"connection":"seg"}""", "body")]
    [InlineData("""{"connection":"seg","body":{},"receivedAt":"yesterday"}""", "receivedAt")]
    [InlineData("""{"connection":"seg","body":{},"recievedAt":"2026-01-01T00:00:00Z"}""", "recievedAt")]
    [InlineData("""{"connection":"seg","body":7}""", "body")]
    [InlineData("""{"connection":{"Source":"Segment","BatchSize":5000},"body":{}}""", "connection:BatchSize")]
    [InlineData("""{"connection":{"Source":"Segment","AccesToken":"s3cret"},"body":{}}""", "connection:AccesToken")]
    [InlineData("""{"connection":{"Source":"MParticle","AccessToken":"s3cret"},"body":{}}""", "connection:DatasetId")]
    [InlineData("""[]""", "request")]
    [InlineData("""{oops""", "request")]
    public async Task A_wrong_preview_is_told_what_is_wrong_and_never_a_token(string request, string key)
    {
        var answer = await PreviewAsync(request);

        answer.Status.Should().Be(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors").TryGetProperty(key, out _).Should().BeTrue(answer.Body.GetRawText());
        answer.Body.GetRawText().Should().NotContain("s3cret");
    }

    [GeneratedRegex(
        """^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+|[a-zA-Z_:][a-zA-Z0-9_:]*"""
            + """(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*",?)*\})? [0-9.eE+-]+)$"""
    )]
    private static partial Regex ExpositionLine();

    private async Task<(HttpStatusCode Status, JsonElement Body)> PreviewAsync(string request)
    {
        using var answer = await _service.Http.PostAsync("/api/preview", new StringContent(request));
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }
}
