using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class FailedEndpointsTests : OperatorRoutes
{
    [Fact]
    public async Task A_refused_event_is_listed_counted_replayed_and_discarded()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        await SellAsync();
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":0,"pending":0,"failed":1,"discarded":0,"expired":0}]"""
        );

        var failed = (
            await Service.GetJsonAsync(
                "/api/failed?connection=seg&reason=refused_by_meta&since=2020-01-01T00:00:00Z&limit=5"
            )
        )
            .EnumerateArray()
            .Should()
            .ContainSingle()
            .Subject;
        failed.GetProperty("code").GetInt32().Should().Be(100);
        failed.GetProperty("subcode").GetInt32().Should().Be(2804009);
        failed.GetProperty("title").GetString().Should().Be("Purchase without value");
        failed.GetProperty("attempts").GetInt32().Should().Be(1, "its only sending counts");
        failed.GetProperty("traceId").GetString().Should().Be("T2");
        failed.GetProperty("eventName").GetString().Should().Be("Purchase");
        failed
            .GetProperty("eventId")
            .GetString()
            .Should()
            .Be(failed.GetProperty("event").GetProperty("event_id").GetString());
        (await Service.GetJsonAsync("/api/failed?connection=rud")).GetArrayLength().Should().Be(0);
        (await MetricsAsync())
            .Should()
            .Contain("""offlineconversions_failed_events{connection="seg"} 1""")
            .And.Contain("""offlineconversions_ledger_events{account="failed",connection="seg"} 1""");

        (await PostAsync("/api/failed/replay", """{"connection":"seg","dryRun":true}"""))
            .Body.GetRawText()
            .Should()
            .Be("""{"events":1,"dryRun":true}""");
        Graph.Requests.Should().ContainSingle("a dry run sends nothing");
        (await PostAsync("/api/failed/replay", $$"""{"ids":[{{failed.GetProperty("id").GetInt64()}}]}"""))
            .Body.GetRawText()
            .Should()
            .Be("""{"events":1,"dryRun":false,"skipped":0}""");
        await Wait.UntilAsync(() => Task.FromResult(Graph.Requests.Count == 2));
        Graph.Requests[1].Body.Should().Be(Graph.Requests[0].Body);

        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":0,"pending":0,"failed":1,"discarded":0,"expired":0}]"""
        );
        (await PostAsync("/api/failed/discard", """{"all":true}"""))
            .Body.GetProperty("events")
            .GetInt64()
            .Should()
            .Be(1);
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":0,"pending":0,"failed":0,"discarded":1,"expired":0}]"""
        );
    }

    [Fact]
    public async Task An_event_that_nests_deeply_is_listed_like_any_other()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        var nested = new string('[', 150) + "1" + new string(']', 150);
        (
            await Service.PostAsync(
                "/segment/v1/track",
                $$$"""
                {"type":"track","event":"Order Completed","messageId":"deep","userId":"u",
                  "properties":{"revenue":1,"currency":"EUR","nested":{{{nested}}} }}
                """,
                "seg-key-1"
            )
        ).EnsureSuccessStatusCode().Dispose();
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":0,"pending":0,"failed":1,"discarded":0,"expired":0}]"""
        );

        using var listed = await Service.Http.GetAsync("/api/failed");

        listed.StatusCode.Should().Be(HttpStatusCode.OK);
        (await listed.Content.ReadAsStringAsync()).Should().Contain(nested);
    }

    [Fact]
    public async Task With_a_cursor_the_failed_list_is_an_object_with_the_cursor_of_the_next_page()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        await SellAsync("1");
        await SellAsync("2");
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":2,"delivered":0,"pending":0,"failed":2,"discarded":0,"expired":0}]"""
        );
        var all = await Service.GetJsonAsync("/api/failed");

        var first = await Service.GetJsonAsync("/api/failed?limit=1&from=2020-01-01T00:00:00Z&cursor=");
        var cursor = first.GetProperty("next").GetString();
        using var response = await Service.Http.GetAsync($"/api/failed?limit=1&cursor={cursor}");
        var second = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        var link = response.Headers.GetValues("Link").Single();
        var last = await Service.GetJsonAsync(link[1..link.IndexOf('>', StringComparison.Ordinal)]);

        new[] { first, second }
            .SelectMany(page => page.GetProperty("items").EnumerateArray())
            .Should()
            .Equal(all.EnumerateArray(), JsonElement.DeepEquals);
        last.GetRawText().Should().Be("""{"items":[],"next":null}""");
        (await Service.GetJsonAsync("/api/failed?cursor=&to=2020-01-01T00:00:00Z"))
            .GetRawText()
            .Should()
            .Be("""{"items":[],"next":null}""");
    }

    [Fact]
    public async Task The_failed_list_names_its_next_page()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        await SellAsync("1");
        await SellAsync("2");
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":2,"delivered":0,"pending":0,"failed":2,"discarded":0,"expired":0}]"""
        );

        using var first = await Service.Http.GetAsync("/api/failed?connection=seg&limit=1&token=t0ken");
        var next = first.Headers.GetValues("Link").Single();
        var second = await Service.GetJsonAsync(next[1..next.IndexOf('>', StringComparison.Ordinal)]);

        next.Should().EndWith("; rel=\"next\"").And.Contain("connection=seg").And.NotContain("t0ken");
        second.GetArrayLength().Should().Be(1);
        second[0]
            .GetProperty("id")
            .GetInt64()
            .Should()
            .BeLessThan(JsonElement.Parse(await first.Content.ReadAsStringAsync())[0].GetProperty("id").GetInt64());
    }

    [Theory]
    [InlineData("limit=s3cret", "limit", "whole number")]
    [InlineData("limit=99999999999", "limit", "whole number")]
    [InlineData("limit=1&limit=2", "limit", "whole number")]
    [InlineData("since=", "since", "2026-03-01T12:00:00Z")]
    [InlineData("until=s3cret&limit=5", "until", "2026-03-01T12:00:00Z")]
    [InlineData("before=1.5", "before", "whole number")]
    [InlineData("BEFORE=s3cret", "before", "whole number")]
    public async Task A_page_that_is_asked_for_wrongly_is_told_which_parameter_is_wrong(
        string query,
        string key,
        string must
    )
    {
        using var answer = await Service.Http.GetAsync($"/api/failed?{query}");
        var text = await answer.Content.ReadAsStringAsync();

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        JsonElement.Parse(text).GetProperty("errors").GetProperty(key)[0].GetString().Should().Contain(must);
        text.Should().NotContain("s3cret");
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1&before=-5")]
    [InlineData("limit=1000000&since=2026-03-01&until=2026-03-01T12:00:00%2B01:00")]
    [InlineData("reason=nothing&connection=nobody")]
    public async Task A_page_beyond_its_bounds_is_the_nearest_there_is(string query) =>
        (await Service.GetJsonAsync($"/api/failed?{query}")).GetArrayLength().Should().Be(0);

    [Theory]
    [InlineData("/api/failed/discard", "{}", "request")]
    [InlineData("/api/failed/discard", "null", "request")]
    [InlineData("/api/failed/discard", """{"all":true,"reason":"x"}""", "all")]
    [InlineData("/api/failed/discard", """{"conection":"seg","reason":"x"}""", "$.conection")]
    [InlineData("/api/failed/discard", """{"ids":[]}""", "ids")]
    [InlineData("/api/failed/discard", """{"ids":["a"]}""", "$.ids[0]")]
    [InlineData("/api/failed/replay", """{"connection":"nobody"}""", "connection")]
    public async Task A_choice_that_could_mean_more_than_was_meant_is_refused(string path, string body, string key)
    {
        var answer = await PostAsync(path, body);

        answer.Status.Should().Be(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors").GetRawText().Should().Contain(key);
    }

    [Theory]
    [InlineData("""{"jane@example.com":1}""")]
    [InlineData("""{"ids":["jane@example.com"]}""")]
    [InlineData("""{"connection":"jane@example.com"}""")]
    [InlineData("jane@example.com")]
    public async Task A_refusal_does_not_quote_what_was_sent(string body) =>
        (await PostAsync("/api/failed/replay", body))
            .Body.GetRawText()
            .Should()
            .Contain("errors")
            .And.NotContain("jane");
}
