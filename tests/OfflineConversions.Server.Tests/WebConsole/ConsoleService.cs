using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>A whole service with its console, its outbox on disk, and a scripted Meta.</summary>
public abstract class ConsoleService : IAsyncLifetime
{
    private protected const string OperatorKey = "the-operators-key";
    private protected const string ReadKey = "the-key-to-look-only";

    private protected const string Tills = """
        "tills": { "Source": "File", "AccessToken": "t0ken", "DatasetId": "5", "DefaultCurrency": "EUR" }
        """;

    private protected ScriptedGraph Graph { get; private set; } = null!;

    private protected ServiceUnderTest Service { get; private set; } = null!;

    private protected Visitor Visitor { get; private set; } = null!;

    /// <summary>Where the service delivers to.</summary>
    private protected virtual string Meta =>
        $$"""
            "Graph": { "BaseAddress": "{{Graph.Address}}" }
            """;

    /// <summary>Its connections.</summary>
    private protected virtual string Connections =>
        ServiceUnderTest.FourSources.Replace("\"mp\":", $"{Tills}, \"mp\":", StringComparison.Ordinal);

    /// <summary>Its clock.</summary>
    private protected virtual TimeProvider? Time => null;

    public virtual async Task InitializeAsync()
    {
        Graph = await ScriptedGraph.StartAsync();
        Service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "{{OperatorKey}}", "ReadKey": "{{ReadKey}}" },
            "Delivery": { "FlushInterval": "00:00:00.05" },
            {{Meta}}, {{Connections}}
            """,
            onDisk: true,
            time: Time
        );
        Service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OperatorKey);
        Visitor = new Visitor(Service);
    }

    public virtual async Task DisposeAsync()
    {
        Visitor.Dispose();
        await Service.DisposeAsync();
        await Graph.DisposeAsync();
    }

    private protected async Task SellAsync(string id, string? eventName = null)
    {
        var sale = JsonNode.Parse(ServiceUnderTest.Sample(SourceName.Segment, "/v1/track"))!;
        sale["messageId"] = id;
        sale["properties"]!["order_id"] = $"order-of-{id}";
        if (eventName is not null)
        {
            sale["event"] = eventName;
        }

        using var answer = await Service.PostAsync("/v1/track", sale.ToJsonString(), "seg-key-1");
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    /// <summary>Some sales that Meta refuses, one with a warning, and one with a wrong name.</summary>
    private protected async Task SellWithFailuresAsync()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        await SellAsync("m1");
        await SellAsync("m2");
        await SellAsync("m3", "Order Compleeted");
        await UntilFailedAsync(2);
    }

    private protected Task UntilFailedAsync(long failed) =>
        Wait.UntilAsync(async () =>
            (await Service.GetJsonAsync("/api/ledger"))
                .EnumerateArray()
                .Sum(line => line.GetProperty("failed").GetInt64()) == failed
        );
}
