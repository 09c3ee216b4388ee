namespace OfflineConversions.Benchmarks.Service;

/// <summary>The built service as a separate process, for two vendors' posts.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly ListeningProcess _process;

    private ServiceProcess(ListeningProcess process) => _process = process;

    public int Port => _process.Port;

    public long ResidentBytes => _process.ResidentBytes;

    public static async Task<ServiceProcess> StartAsync(string folder, int metaPort, bool limitsRate = true) =>
        new(
            await ListeningProcess.StartAsync(
                folder,
                $$$"""
                {
                  "Graph": { "BaseAddress": "http://127.0.0.1:{{{metaPort}}}", "Timeout": "00:05:00" },
                  "Outbox": { "Path": "{{{Path.Combine(folder, "process.db")}}}" },
                  "Ingestion": { "RateLimit": { "Enabled": {{{(limitsRate ? "true" : "false")}}} } },
                  "Connections": {
                    "shop": { "Source": "RudderStack", "WriteKeys": ["benchmark-key"], "AccessToken": "benchmark",
                              "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "1" }] } },
                    "web": { "Source": "Segment", "WriteKeys": ["other-key"], "AccessToken": "benchmark",
                             "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" }] } }
                  }
                }
                """
            )
        );

    public void Dispose() => _process.Dispose();
}
