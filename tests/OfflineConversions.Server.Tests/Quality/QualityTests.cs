using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.WebConsole;

namespace OfflineConversions.Server.Tests.Quality;

/// <summary><c>GET /api/quality</c>: the whole service with its outbox on disk, and the sandbox as Meta.</summary>
public sealed class QualityTests
{
    [Fact]
    public async Task Each_stored_event_counts_once_with_its_match_keys_and_duplicates_do_not()
    {
        await using var service = await StartAsync();
        await SellAsync(service, "order-1", """ "email": "a@example.com", "phone": "+4915114242099" """);
        await SellAsync(service, "order-2", """ "email": "b@example.com" """);
        await SellAsync(service, "order-2", """ "email": "b@example.com" """);

        var quality = await OfAsync(service, "seg");

        quality.GetProperty("events").GetInt64().Should().Be(2);
        quality.GetProperty("coverage").GetProperty("em").GetDouble().Should().Be(1);
        quality.GetProperty("coverage").GetProperty("ph").GetDouble().Should().Be(0.5);
        quality.GetProperty("keysPerEvent").GetDouble().Should().Be(1.5);
        var trend = quality.GetProperty("trend").EnumerateArray().Should().ContainSingle().Subject;
        trend.GetProperty("events").GetInt64().Should().Be(2);
        trend.GetProperty("keysPerEvent").GetDouble().Should().Be(1.5);
    }

    [Fact]
    public async Task An_event_for_several_datasets_counts_once()
    {
        await using var service = await StartAsync(more: """, { "Event": "Order Completed", "EventSetId": "3" }""");
        await SellAsync(service, "order-1", """ "email": "a@example.com" """);

        (await OfAsync(service, "seg")).GetProperty("events").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task Freshness_is_how_old_the_events_were()
    {
        await using var service = await StartAsync();
        await SellAsync(service, "order-1", """ "email": "a@example.com" """, DateTimeOffset.UtcNow.AddHours(-30));

        var freshness = (await OfAsync(service, "seg")).GetProperty("freshnessSeconds");

        freshness.GetProperty("p50").GetDouble().Should().BeInRange(86_400, 172_800);
        freshness.GetProperty("p95").GetDouble().Should().BeInRange(86_400, 172_800);
    }

    [Fact]
    public async Task Bad_values_are_counted_and_become_advice_that_names_the_field_and_the_remedy()
    {
        await using var service = await StartAsync();
        await SellAsync(service, "order-1", """ "email": "a@example.com", "phone": "12" """);

        var quality = await OfAsync(service, "seg");

        quality.GetProperty("badValues").GetProperty("invalid_phone").GetInt64().Should().Be(1);
        var advice = quality.GetProperty("advice").EnumerateArray().ToList();
        advice[0].GetProperty("key").GetString().Should().Be("ph");
        advice[0].GetProperty("text").GetString().Should().Contain("user_data.ph");
        advice
            .Select(one => one.GetProperty("text").GetString())
            .Should()
            .Contain(text => text!.Contains("7 to 15 digits"));
    }

    [Fact]
    public async Task The_span_and_the_connection_are_filters_and_a_connection_without_events_has_none()
    {
        await using var service = await StartAsync();
        await SellAsync(service, "order-1", """ "email": "a@example.com" """);

        var before = Uri.EscapeDataString(DateTimeOffset.UtcNow.AddHours(-2).ToString("O"));
        (await OfAsync(service, "seg", $"&to={before}")).GetProperty("events").GetInt64().Should().Be(0);
        (await OfAsync(service, "seg", $"&from={before}")).GetProperty("events").GetInt64().Should().Be(1);
        var com = await OfAsync(service, "com");
        com.GetProperty("events").GetInt64().Should().Be(0);
        com.GetProperty("freshnessSeconds").GetProperty("p50").ValueKind.Should().Be(JsonValueKind.Null);
        com.GetProperty("advice").GetArrayLength().Should().Be(0);
        (await service.GetJsonAsync("/api/quality")).GetProperty("items").GetArrayLength().Should().Be(2);

        using var backwards = await service.Http.GetAsync(
            $"/api/quality?from=2026-11-29T00:00:00Z&to=2026-11-28T00:00:00Z"
        );
        backwards.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        using var unreadable = await service.Http.GetAsync("/api/quality?from=yesterday");
        unreadable.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Metas_scores_are_those_of_the_partner_agents_events_and_are_kept_for_an_hour()
    {
        await using var service = await StartAsync(
            """
            "PartnerAgent": "Acme_1_2", 
            """
        );
        await SellAsync(service, "order-1", """ "email": "a@example.com" """);
        await ReceivedAsync(service, 1);

        var meta = (await OfAsync(service, "seg")).GetProperty("meta");

        meta.GetProperty("agent").GetString().Should().Be("acme");
        var dataset = meta.GetProperty("datasets").EnumerateArray().Should().ContainSingle().Subject;
        dataset.GetProperty("datasetId").GetString().Should().Be("2");
        var score = dataset.GetProperty("events").EnumerateArray().Should().ContainSingle().Subject;
        score.GetProperty("kind").GetString().Should().Be("offline");
        score.GetProperty("eventName").GetString().Should().Be("Purchase");
        score.GetProperty("coverage").GetProperty("email").GetDouble().Should().Be(1);

        await PostAsync(service, "/sandbox/faults", """{"node":"dataset_quality","code":10}""");
        (await OfAsync(service, "seg")).GetProperty("meta").ValueKind.Should().Be(JsonValueKind.Object);
    }

    [Fact]
    public async Task A_page_does_not_wait_for_Meta_and_has_its_scores_later_and_Meta_is_asked_once()
    {
        await using var service = await StartAsync();
        await SellAsync(service, "order-1", """ "email": "a@example.com" """);
        await PostAsync(service, "/sandbox/faults", """{"node":"dataset_quality","latency":"00:00:03"}""");
        using var reader = new Visitor(service);
        (await reader.SignInAsync("the-operators-key")).Dispose();

        (await reader.ReadAsync("/console/quality")).Should().Contain("Meta has not answered yet");
        (await reader.ReadAsync("/console/quality")).Should().Contain("Meta has not answered yet");

        await Wait.UntilAsync(async () =>
            !(await reader.ReadAsync("/console/quality")).Contains(
                "Meta has not answered yet",
                StringComparison.Ordinal
            )
        );
        (await OfAsync(service, "seg")).GetProperty("meta").ValueKind.Should().Be(JsonValueKind.Object);
        var fault = (await service.GetJsonAsync("/sandbox/faults")).GetProperty("faults").EnumerateArray().Single();
        fault.GetProperty("timesPlayed").GetInt32().Should().Be(2, "there are two connections");
    }

    [Theory]
    [InlineData("""{"node":"dataset_quality","code":10}""", "code 10")]
    [InlineData("""{"node":"dataset_quality","status":502,"body":"<html>no</html>"}""", "HTML page")]
    [InlineData("""{"node":"dataset_quality","drop":"before"}""", "the connection broke")]
    [InlineData("""{"node":"dataset_quality","status":200,"body":"[]"}""", "not Meta's")]
    public async Task Without_scores_the_rest_is_there_and_says_why(string fault, string words)
    {
        await using var service = await StartAsync();
        await PostAsync(service, "/sandbox/faults", fault);

        var quality = await OfAsync(service, "seg");

        quality.GetProperty("meta").ValueKind.Should().Be(JsonValueKind.Null);
        quality.GetProperty("metaProblem").GetString().Should().Contain(words).And.NotContain("t0ken");
    }

    private static async Task<ServiceUnderTest> StartAsync(string settings = "", string more = "")
    {
        var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Sandbox": { "Enabled": true }, "Admin": { "ApiKey": "the-operators-key" },
            "Delivery": { "FlushInterval": "00:00:00.05" },
            "Connections": {
              "seg": { "Source": "Segment", "WriteKeys": ["seg-key-1"], "AccessToken": "t0ken", {{settings}}
                       "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" }{{more}}] } },
              "com": { "Source": "CommandersAct", "WriteKeys": ["com-key-1"], "AccessToken": "t0ken", "DatasetId": "4" }
            }
            """,
            onDisk: true
        );
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-operators-key");
        return service;
    }

    private static async Task<JsonElement> OfAsync(ServiceUnderTest service, string connection, string more = "")
    {
        var page = await service.GetJsonAsync($"/api/quality?connection={connection}{more}");
        page.GetProperty("next").ValueKind.Should().Be(JsonValueKind.Null);
        return page.GetProperty("items").EnumerateArray().Should().ContainSingle().Subject;
    }

    private static async Task SellAsync(
        ServiceUnderTest service,
        string order,
        string traits,
        DateTimeOffset? at = null
    )
    {
        var sale = $$"""
            { "type": "track", "event": "Order Completed", "messageId": "{{order}}",
              "timestamp": "{{at ?? DateTimeOffset.UtcNow:O}}", "context": { "traits": { {{traits}} } },
              "properties": { "order_id": "{{order}}", "revenue": 10, "currency": "EUR" } }
            """;
        using var response = await service.PostAsync("/v1/track", sale, "seg-key-1");
        response.EnsureSuccessStatusCode();
    }

    private static async Task ReceivedAsync(ServiceUnderTest service, int count) =>
        await Wait.UntilAsync(async () =>
            (await service.GetJsonAsync("/sandbox/events")).GetProperty("received").GetInt32() == count
        );

    private static async Task PostAsync(ServiceUnderTest service, string path, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync(path, body);
        response.EnsureSuccessStatusCode();
    }
}
