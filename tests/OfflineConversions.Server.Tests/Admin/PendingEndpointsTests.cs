using System.Net;
using System.Text.Json;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>What waits is listed, and a wrong dataset id no longer strands it.</summary>
public sealed class PendingEndpointsTests : OperatorRoutes
{
    private const string Redirect = "/api/pending/redirect";
    private const string Discard = "/api/pending/discard";

    [Fact]
    public async Task Events_of_a_wrong_dataset_are_delivered_to_the_right_one()
    {
        await StrandAsync("order-1", "order-2", "order-3");
        var stranded = (await Service.GetJsonAsync("/api/pending?connection=seg&datasetId=2&limit=2")).Clone();

        (await PostAsync(Redirect, """{"connection":"seg","fromDatasetId":"2","toDatasetId":"22","dryRun":true}"""))
            .Body.GetRawText()
            .Should()
            .Be("""{"events":3,"dryRun":true,"inFlight":0}""");
        (await ChangeAsync(Redirect, """{"connection":"seg","fromDatasetId":"2","toDatasetId":"22"}"""))
            .Body.GetRawText()
            .Should()
            .Be("""{"events":3,"dryRun":false,"inFlight":0,"duplicates":0}""");
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":3,"delivered":3,"pending":0,"failed":0,"discarded":0,"expired":0}]"""
        );

        var items = stranded.GetProperty("items").EnumerateArray().ToArray();
        items.Select(item => item.GetProperty("eventId").GetString()).Should().Equal("order-3", "order-2");
        items[0].GetProperty("payload").GetProperty("event_id").GetString().Should().Be("order-3");
        items[0]
            .EnumerateObject()
            .Select(member => member.Name)
            .Should()
            .Equal(
                "connection",
                "datasetId",
                "eventName",
                "eventId",
                "acceptedAt",
                "attempts",
                "nextAttemptAt",
                "inFlight",
                "payload"
            );
        var rest = await Service.GetJsonAsync($"/api/pending?cursor={stranded.GetProperty("next").GetString()}");
        rest.GetRawText().Should().Be("""{"items":[],"next":null}""", "everything was delivered meanwhile");
        var sent = Graph.Requests.Where(request => request.Path.Contains("/22/", StringComparison.Ordinal)).ToArray();
        sent.SelectMany(request => request.Events).Should().Contain(items[0].GetProperty("payload").GetRawText());
        var connection = await ConnectionAsync("seg");
        connection.GetProperty("state").GetString().Should().Be("active", "nothing waits for the halted dataset");
        connection.GetProperty("haltedDatasets").EnumerateObject().Should().BeEmpty();
        (await MetricsAsync())
            .Should()
            .NotContain("""offlineconversions_audit_events_total{action="redirect",result="done"} 0""");
    }

    [Fact]
    public async Task A_second_redirect_has_nothing_to_do_and_a_repeat_at_the_new_dataset_is_dropped()
    {
        await StrandAsync("order-1");
        const string body = """{"connection":"seg","fromDatasetId":"2","toDatasetId":"22"}""";
        await ChangeAsync(Redirect, body);
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":1,"pending":0,"failed":0,"discarded":0,"expired":0}]"""
        );
        (await ChangeAsync(Redirect, body)).Body.GetProperty("events").GetInt64().Should().Be(0);
        await StrandAsync("order-1");

        var again = (await ChangeAsync(Redirect, body)).Body;

        again.GetProperty("events").GetInt64().Should().Be(0);
        again.GetProperty("duplicates").GetInt64().Should().Be(1);
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":2,"delivered":1,"pending":0,"failed":0,"discarded":1,"expired":0}]"""
        );
    }

    [Fact]
    public async Task Waiting_events_are_given_up()
    {
        await StrandAsync("order-1", "order-2");

        (await PostAsync(Discard, """{"connection":"seg","datasetId":"2","dryRun":true}"""))
            .Body.GetRawText()
            .Should()
            .Be("""{"events":2,"dryRun":true,"inFlight":0}""");
        (await ChangeAsync(Discard, """{"connection":"seg","datasetId":"2"}"""))
            .Body.GetRawText()
            .Should()
            .Be("""{"events":2,"dryRun":false,"inFlight":0}""");

        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":2,"delivered":0,"pending":0,"failed":0,"discarded":2,"expired":0}]"""
        );
        (await ConnectionAsync("seg")).GetProperty("state").GetString().Should().Be("active");
        (await MetricsAsync())
            .Should()
            .NotContain("""offlineconversions_audit_events_total{action="discard",result="done"} 0""");
    }

    [Fact]
    public async Task An_event_is_found_by_its_id()
    {
        await StrandAsync("order-1", "order/2 ü");

        var found = await Service.GetJsonAsync($"/api/pending?eventId={Uri.EscapeDataString("order/2 ü")}");

        found.GetProperty("items").EnumerateArray().Single().GetProperty("datasetId").GetString().Should().Be("2");
    }

    [Fact]
    public async Task Failed_events_are_replayed_to_another_dataset_and_grouped_by_cause()
    {
        Graph.Otherwise = request =>
            request.Path.Contains("/22/", StringComparison.Ordinal)
                ? Scripted.Taken(request.Events.Count)
                : Scripted.Error(100, 2804009);
        await SellAsync("order-1");
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":0,"pending":0,"failed":1,"discarded":0,"expired":0}]"""
        );

        var causes = await Service.GetJsonAsync("/api/failed/causes?connection=seg&from=2020-01-01T00:00:00Z");
        var cause = causes.GetProperty("items").EnumerateArray().Single();
        cause.GetProperty("reason").GetString().Should().Be("refused_by_meta");
        cause.GetProperty("events").GetInt64().Should().Be(1);
        cause.GetProperty("code").GetInt32().Should().Be(100);
        cause.GetProperty("title").GetString().Should().Be("Purchase without value");
        cause.GetProperty("remedy").GetString().Should().StartWith("Fix the field at the source");
        (await PostAsync("/api/failed/replay", """{"connection":"seg","toDatasetId":"22","dryRun":true}"""))
            .Body.GetRawText()
            .Should()
            .Be("""{"events":1,"dryRun":true}""");
        (await PostAsync("/api/failed/replay", """{"connection":"seg","toDatasetId":"22"}"""))
            .Body.GetRawText()
            .Should()
            .Be("""{"events":1,"dryRun":false,"skipped":0}""");
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":1,"pending":0,"failed":0,"discarded":0,"expired":0}]"""
        );
    }

    [Theory]
    [InlineData(Redirect, """{"fromDatasetId":"2","toDatasetId":"22"}""", "connection")]
    [InlineData(Redirect, """{"connection":"nobody","fromDatasetId":"2","toDatasetId":"22"}""", "connection")]
    [InlineData(Redirect, """{"connection":"seg","toDatasetId":"22"}""", "fromDatasetId")]
    [InlineData(Redirect, """{"connection":"seg","fromDatasetId":"2"}""", "toDatasetId")]
    [InlineData(Redirect, """{"connection":"seg","fromDatasetId":"2","toDatasetId":"2"}""", "toDatasetId")]
    [InlineData(Redirect, """{"connection":"seg","fromDatasetId":"2","toDatasetId":"../s3cret"}""", "toDatasetId")]
    [InlineData(Redirect, """{"connection":"seg","fromDatasetId":"s3cret?","toDatasetId":"2"}""", "fromDatasetId")]
    [InlineData(Redirect, """{"connection":"seg","from":"2","toDatasetId":"22"}""", "$.from")]
    [InlineData(Redirect, """{"connection":"seg","fromDatasetId":"2","toDatasetId":"3","dryrum":true}""", "$.dryrum")]
    [InlineData(Redirect, "null", "request")]
    [InlineData(Redirect, "s3cret", "$")]
    [InlineData(Discard, """{"connection":"seg"}""", "datasetId")]
    [InlineData(Discard, """{"connection":"","datasetId":"2"}""", "connection")]
    [InlineData(Discard, """{"connection":"seg","datasetId":"2","toDatasetId":"3"}""", "$.toDatasetId")]
    [InlineData("/api/failed/replay", """{"all":true,"toDatasetId":"22"}""", "toDatasetId")]
    [InlineData("/api/failed/replay", """{"connection":"seg","toDatasetId":"s3cret/"}""", "toDatasetId")]
    [InlineData("/api/failed/discard", """{"connection":"seg","toDatasetId":"22"}""", "toDatasetId")]
    public async Task A_request_that_is_not_clear_is_refused_without_quoting_it(string path, string body, string key)
    {
        var answer = await PostAsync(path, body);

        answer.Status.Should().Be(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors").TryGetProperty(key, out _).Should().BeTrue(answer.Body.GetRawText());
        answer.Body.GetRawText().Should().NotContain("s3cret");
    }

    [Theory]
    [InlineData("limit=s3cret", "limit")]
    [InlineData("cursor=s3cret", "cursor")]
    [InlineData("cursor=1-2", "cursor")]
    public async Task A_page_that_is_asked_for_wrongly_is_told_which_parameter_is_wrong(string query, string key)
    {
        using var answer = await Service.Http.GetAsync($"/api/pending?{query}");
        var text = await answer.Content.ReadAsStringAsync();

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        JsonElement.Parse(text).GetProperty("errors").TryGetProperty(key, out _).Should().BeTrue();
        text.Should().NotContain("s3cret");
    }

    /// <summary>
    /// Posts until nothing was in flight: delivery leases what it then finds halted, and events in flight stay.
    /// </summary>
    private async Task<(HttpStatusCode Status, JsonElement Body)> ChangeAsync(string path, string body)
    {
        var answer = await PostAsync(path, body);
        await Wait.UntilAsync(async () =>
        {
            var isDone = answer.Body.GetProperty("inFlight").GetInt64() == 0;
            answer = isDone ? answer : await PostAsync(path, body);
            return isDone;
        });
        return answer;
    }

    /// <summary>Sells to a dataset that does not exist, until all of it waits.</summary>
    private async Task StrandAsync(params string[] ids)
    {
        Graph.Otherwise = request =>
            request.Path.Contains("/2/", StringComparison.Ordinal)
                ? Scripted.Error(100, 33)
                : Scripted.Taken(request.Events.Count);
        foreach (var id in ids)
        {
            await SellAsync(id);
        }

        await Wait.UntilAsync(async () =>
            (await ConnectionAsync("seg")).GetProperty("state").GetString() == "halted"
            && (await Service.GetJsonAsync("/api/pending"))
                .GetProperty("items")
                .EnumerateArray()
                .Count(item => !item.GetProperty("inFlight").GetBoolean()) == ids.Length
        );
    }
}
