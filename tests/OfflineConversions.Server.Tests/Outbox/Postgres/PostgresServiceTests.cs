using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>The whole service with its outbox in PostgreSQL.</summary>
public sealed class PostgresServiceTests : IAsyncLifetime
{
    private ScriptedGraph _graph = null!;
    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _graph = await ScriptedGraph.StartAsync();
        _service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key" },
            "Graph": { "BaseAddress": "{{_graph.Address}}" },
            "Delivery": { "FlushInterval": "00:00:00.05" },
            {{ServiceUnderTest.FourSources}}
            """,
            database: database
        );
        _service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            "the-operators-key"
        );
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
            await _graph.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_sale_is_delivered_and_counted()
    {
        var sale = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");
        using var answer = await _service.PostAsync("/v1/track", sale, "seg-key-1");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        await Wait.UntilAsync(async () =>
            (await _service.GetJsonAsync("/api/ledger")).GetRawText()
            == """[{"connection":"seg","accepted":1,"delivered":1,"pending":0,"failed":0,"discarded":0,"expired":0}]"""
        );
    }

    [Theory]
    [InlineData("GET", "/api/events/order-1", "the journal of events")]
    [InlineData("GET", "/api/events?orderId=4711", "the journal of events")]
    [InlineData("GET", "/api/outcomes", "the journal of events")]
    [InlineData("GET", "/api/funnel", "the journal of events")]
    [InlineData("GET", "/api/quality", "the journal of events")]
    [InlineData("GET", "/api/pending", "a list of waiting events")]
    [InlineData("POST", "/api/pending/redirect", "a list of waiting events")]
    [InlineData("POST", "/api/pending/discard", "a list of waiting events")]
    [InlineData("GET", "/api/imports", "imports of files")]
    [InlineData("POST", "/api/imports?connection=seg", "imports of files")]
    [InlineData("POST", "/api/imports?connection=seg&dryRun=true", "imports of files")]
    [InlineData("GET", "/api/imports/november", "imports of files")]
    [InlineData("POST", "/api/imports/november/cancel", "imports of files")]
    [InlineData("GET", "/api/imports/november/rejected", "imports of files")]
    public async Task A_route_for_something_that_is_not_kept_there_says_so(string method, string path, string what)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            var scope = path.EndsWith("redirect", StringComparison.Ordinal)
                ? """{"connection":"seg","fromDatasetId":"2","toDatasetId":"22"}"""
                : """{"connection":"seg","datasetId":"2"}""";
            request.Content = new StringContent(scope, Encoding.UTF8, "application/json");
        }

        using var answer = await _service.Http.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.NotImplemented);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        JsonElement
            .Parse(await answer.Content.ReadAsStringAsync())
            .GetProperty("detail")
            .GetString()
            .Should()
            .Be($"The outbox in PostgreSQL does not keep {what} yet.");
    }
}
