using System.Net;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>What the pages show and do, without a browser.</summary>
public sealed class PagesTests : ConsoleService
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (await Visitor.SignInAsync(OperatorKey)).Dispose();
    }

    [Fact]
    public async Task A_browser_may_load_nothing_from_elsewhere_and_keeps_no_page()
    {
        foreach (var page in Visitor.Pages)
        {
            using var response = await Visitor.GetAsync(page);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            policy.Should().StartWith("default-src 'none'").And.NotContain("unsafe").And.NotContain("http");
            response.Headers.CacheControl!.NoStore.Should().BeTrue();
            var html = await response.Content.ReadAsStringAsync();
            html.Should().NotContain(" style=").And.NotContain("<style").And.NotContain(" onclick=");
            html.Should().NotContain("//cdn").And.NotContain("src=\"http").And.NotContain("href=\"http");
        }
    }

    [Fact]
    public async Task No_page_shows_a_secret()
    {
        await SellWithFailuresAsync();

        foreach (var page in Visitor.Pages)
        {
            var html = await Visitor.ReadAsync(page);
            foreach (var secret in new[] { OperatorKey, ReadKey, "t0ken", "seg-key-1", "seg-second", "mp-secret" })
            {
                html.Should().NotContain(secret, page);
            }
        }
    }

    [Theory]
    [InlineData("/console", 24)]
    [InlineData("/console/connections/seg", 24)]
    [InlineData("/console/connections/seg?days=31", 31)]
    public async Task The_numbers_of_a_chart_are_there_without_the_script(string page, int steps)
    {
        await SellAsync("m1");

        var chart = (await Visitor.ReadAsync(page)).Split("<figure")[1].Split("</figure>")[0];
        chart.Split("<tr>").Should().HaveCount(2 + steps);
        chart.Should().Contain("<td class=\"n\">1</td>");
    }

    [Fact]
    public async Task A_sale_is_found_by_its_order_number_and_by_its_id()
    {
        await SellWithFailuresAsync();

        foreach (var query in new[] { "order-of-m1", "m1", "%20m1%20" })
        {
            var html = await Visitor.ReadAsync($"/console/events?q={query}");
            html.Should().Contain("refused_by_meta").And.Contain("Purchase without value");
        }

        (await Visitor.ReadAsync("/console/events?q=no-such-order")).Should().Contain("Nothing is known");
    }

    [Fact]
    public async Task A_sale_that_was_found_by_its_id_is_shown_with_it()
    {
        await SellAsync("m1");

        (await Visitor.ReadAsync("/console/events?q=m1")).Should().Contain("<h3>m1</h3>");
        (await Visitor.ReadAsync("/console/events?q=order-of-m1")).Should().Contain("<h3>An event of this order</h3>");
    }

    [Fact]
    public async Task Names_of_events_are_text_and_never_markup()
    {
        const string hostile = "<script>alert(1)</script>\"' onmouseover=x";
        await SellAsync("<img src=x>", hostile);

        foreach (var page in new[] { "/console/events", "/console/dropped", "/console/events?q=<img src=x>" })
        {
            var html = await Visitor.ReadAsync(page);
            html.Should().NotContain("<script>alert").And.NotContain("<img src=x").And.Contain("&lt;script&gt;");
        }
    }

    [Theory]
    [InlineData("/console/events", "Order Compleeted")]
    [InlineData("/console/dropped", "event_not_mapped")]
    public async Task Lists_show_what_happened_from_one_time_to_another(string page, string shown)
    {
        await SellAsync("m3", "Order Compleeted");
        var year = DateTimeOffset.UtcNow.Year;

        (await Visitor.ReadAsync($"{page}?from={year - 1}-01-01T00:00&to={year + 2}-01-01T00:00"))
            .Should()
            .Contain(shown)
            .And.Contain($"value=\"{year - 1}-01-01T00:00\"");
        (await Visitor.ReadAsync($"{page}?from={year - 2}-01-01T00:00&to={year - 1}-01-01T00:00"))
            .Should()
            .NotContain(shown);
        (await Visitor.ReadAsync($"{page}?from=yesterday")).Should().Contain("from must be a time");
    }

    [Fact]
    public async Task The_playground_names_the_part_behind_each_field_and_each_warning()
    {
        var path = "/console/playground?connection=seg";
        using var mapped = await Visitor.PostAsync(
            path,
            await Visitor.TokenAsync(path),
            ("connection", "seg"),
            (
                "body",
                """
                {"type":"track","event":"Order Completed","properties":{"revenue":5,"currency":"EUR"},
                  "context":{"traits":{"email":"jane@example.com","gender":"?"}}}
                """
            )
        );

        var html = await mapped.Content.ReadAsStringAsync();
        html.Should()
            .Contain("<code>context.<wbr>traits.<wbr>email</code>")
            .And.Contain("<code>properties.<wbr>revenue</code>");
        html.Should().Contain("Here: <code>context.traits.gender</code>").And.Contain("a setting or default");
    }

    [Fact]
    public async Task A_replay_shows_first_how_many_events_it_would_be()
    {
        await SellWithFailuresAsync();
        const string path = "/console/failed/replay?connection=seg&reason=refused_by_meta";

        (await Visitor.ReadAsync(path)).Should().Contain("<strong>2 events</strong>");
        await UntilFailedAsync(2);
        Graph.Otherwise = request => Targets.Meta.Scripted.Taken(request.Events.Count);
        using var done = await Visitor.PostAsync(path, await Visitor.TokenAsync(path));

        done.Headers.Location!.ToString().Should().Be("/console/failed?done=replay&events=2&skipped=0");
        (await Visitor.ReadAsync(done.Headers.Location.ToString())).Should().Contain("2 events wait for delivery");
        await UntilFailedAsync(0);
    }

    [Fact]
    public async Task A_dataset_that_is_none_changes_nothing()
    {
        await SellWithFailuresAsync();
        const string path = "/console/failed/replay?connection=seg&reason=refused_by_meta";

        using var refused = await Visitor.PostAsync(path, await Visitor.TokenAsync(path), ("toDatasetId", "../1"));

        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).Should().Contain("is not a dataset id");
        await UntilFailedAsync(2);
    }

    [Fact]
    public async Task Failed_events_are_discarded_after_a_question()
    {
        await SellWithFailuresAsync();
        const string path = "/console/failed/discard?connection=seg&reason=refused_by_meta";

        using var done = await Visitor.PostAsync(path, await Visitor.TokenAsync(path));

        done.StatusCode.Should().Be(HttpStatusCode.Redirect);
        await UntilFailedAsync(0);
    }

    [Fact]
    public async Task A_connection_is_paused_and_resumed()
    {
        const string path = "/console/connections/seg";
        var token = await Visitor.TokenAsync(path);

        (await Visitor.PostAsync($"{path}?handler=Pause", token)).StatusCode.Should().Be(HttpStatusCode.Redirect);
        (await Visitor.ReadAsync(path)).Should().Contain("An operator paused it");
        (await Visitor.PostAsync($"{path}?handler=Resume", token)).StatusCode.Should().Be(HttpStatusCode.Redirect);
        (await Visitor.ReadAsync(path)).Should().NotContain("An operator paused it");
    }

    [Fact]
    public async Task What_waits_is_moved_to_another_dataset()
    {
        const string path = "/console/pending/redirect?connection=seg&datasetId=2";
        var token = await Visitor.TokenAsync("/console/connections/seg");
        (await Visitor.PostAsync("/console/connections/seg?handler=Pause", token)).Dispose();
        await SellAsync("m1");

        (await Visitor.ReadAsync(path)).Should().Contain("<strong>1 event</strong>");
        (await Visitor.PostAsync(path, token, ("toDatasetId", "22"))).StatusCode.Should().Be(HttpStatusCode.Redirect);

        (await Service.GetJsonAsync("/api/pending"))
            .GetProperty("items")[0]
            .GetProperty("datasetId")
            .GetString()
            .Should()
            .Be("22");
    }

    [Fact]
    public async Task The_playground_maps_each_connections_sample_and_stores_nothing()
    {
        foreach (var connection in new[] { "mp", "seg", "rud", "com" })
        {
            var path = $"/console/playground?connection={connection}";
            var html = await Visitor.ReadAsync(path);
            var sample = WebUtility.HtmlDecode(html.Split("spellcheck=\"false\">")[1].Split("</textarea>")[0]);
            using var mapped = await Visitor.PostAsync(
                path,
                await Visitor.TokenAsync(path),
                ("connection", connection),
                ("body", sample)
            );

            (await mapped.Content.ReadAsStringAsync()).Should().Contain("&quot;event_name&quot;: &quot;", connection);
        }

        (await Service.GetJsonAsync("/api/ledger")).GetArrayLength().Should().Be(0);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("1},\"body\":{}")]
    [InlineData("")]
    public async Task The_playground_says_where_a_text_is_no_JSON(string body)
    {
        using var response = await Visitor.PostAsync(
            "/console/playground",
            await Visitor.TokenAsync("/console/playground"),
            ("connection", "seg"),
            ("body", body)
        );

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().Contain("cannot be read as JSON: look at line 1");
    }
}
