using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>The operator's routes of a whole service, with its outbox on disk and a scripted Meta.</summary>
public abstract class OperatorRoutes : IAsyncLifetime
{
    private protected ScriptedGraph Graph { get; private set; } = null!;

    private protected ServiceUnderTest Service { get; private set; } = null!;

    /// <summary>The connections of the service.</summary>
    private protected virtual string Connections => ServiceUnderTest.FourSources;

    public async Task InitializeAsync()
    {
        Graph = await ScriptedGraph.StartAsync();
        Service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key" },
            "Graph": { "BaseAddress": "{{Graph.Address}}" },
            "Delivery": { "FlushInterval": "00:00:00.05" },
            {{Connections}}
            """,
            onDisk: true
        );
        Service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-operators-key");
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        await Graph.DisposeAsync();
    }

    private protected async Task SellAsync(string messageId = "m1")
    {
        var sale = JsonNode.Parse(ServiceUnderTest.Sample(SourceName.Segment, "/v1/track"))!;
        sale["messageId"] = messageId;
        using var answer = await Service.PostAsync("/v1/track", sale.ToJsonString(), "seg-key-1");
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private protected async Task<JsonElement> ConnectionAsync(string name) =>
        (await Service.GetJsonAsync("/api/connections"))
            .EnumerateArray()
            .Single(connection => connection.GetProperty("name").GetString() == name);

    private protected Task<string> MetricsAsync() => Service.Http.GetStringAsync("/metrics");

    private protected async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, string body = "")
    {
        using var answer = await Service.Http.PostAsync(
            path,
            new StringContent(body, Encoding.UTF8, "application/json")
        );
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }

    private protected Task UntilLedgerAsync(string ledger) =>
        Wait.UntilAsync(async () => (await Service.GetJsonAsync("/api/ledger")).GetRawText() == ledger);
}
