using System.Net;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>A service that has delivered one sale to its own sandbox, so that every metric has a value.</summary>
internal sealed class MeasuredService(ServiceUnderTest service) : IAsyncDisposable
{
    public const string Settings = $$"""
        "Sandbox": { "Enabled": true }, "Delivery": { "FlushInterval": "00:00:00.05" }, {{ServiceUnderTest.FourSources}}
        """;

    public static async Task<MeasuredService> StartAsync()
    {
        var measured = new MeasuredService(await ServiceUnderTest.StartAsync(Settings, onDisk: true));
        await measured.SellAsync();
        GC.Collect(); // some of the runtime's metrics begin with the first collection
        return measured;
    }

    public Task<MetricsPage> ReadAsync() => MetricsPage.ReadAsync(service.Http);

    public Task<string> ReadTextAsync() => service.Http.GetStringAsync("/metrics");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    private async Task SellAsync()
    {
        using var response = await service.PostAsync(
            "/v1/track",
            ServiceUnderTest.Sample(SourceName.Segment, "/v1/track"),
            "seg-key-1"
        );
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        await Wait.UntilAsync(async () =>
            (await ReadAsync()).Sum("offlineconversions_delivery_events_delivered_total") > 0
        );
    }
}
