using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using OfflineConversions.Server.Tests.Imports;
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

    [Fact]
    public async Task What_became_of_a_sale_is_found_and_counted()
    {
        var sale = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");
        using var answer = await _service.PostAsync("/v1/track", sale, "seg-key-1");
        var id = JsonElement.Parse(sale).GetProperty("messageId").GetString()!;

        await Wait.UntilAsync(async () =>
            (await _service.GetJsonAsync($"/api/events/{id}")).GetRawText().Contains("\"delivered\"")
        );
        (await _service.GetJsonAsync("/api/pending")).GetProperty("items").GetArrayLength().Should().Be(0);
        (await _service.GetJsonAsync("/api/funnel")).GetRawText().Should().Contain("\"accepted\":1");
    }

    [Fact]
    public async Task A_file_is_imported_at_one_replica_and_every_replica_knows_it()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var first = await ImportUnderTest.StartAsync(database: database);
        await using var second = await ImportUnderTest.StartAsync(database: database);
        var file = ImportUnderTest.Orders(2500);

        var response = await first.ImportAsync(file, "connection=tills&id=november");
        var again = await second.ImportAsync(file);

        (response.State, response.Accepted).Should().Be(("completed", 2500));
        (again.Accepted, again.Reason("duplicate")).Should().Be((0, 2500));
        var import = await second.GetAsync("/api/imports/november");
        import.GetProperty("state").GetString().Should().Be("completed");
        import.GetProperty("rows").GetInt64().Should().Be(2500);
    }
}
