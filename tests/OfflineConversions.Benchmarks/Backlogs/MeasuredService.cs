using System.Diagnostics;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Backlogs;

/// <summary>
/// The built service as a separate process. Meta does not respond, and the connection that the load posts to is not
/// rate limited.
/// </summary>
internal sealed class MeasuredService : IDisposable
{
    /// <summary>Opens the console.</summary>
    public const string OperatorKey = "key-of-the-benchmark";

    private readonly ListeningProcess _process;

    private MeasuredService(ListeningProcess process, TimeSpan start) => (_process, Start) = (process, start);

    public int Port => _process.Port;

    /// <summary>The time from the start of the process until it listened.</summary>
    public TimeSpan Start { get; }

    /// <summary>Its resident memory in megabytes.</summary>
    public double Megabytes => _process.ResidentBytes / 1e6;

    /// <summary>Its resident memory after each load that was measured.</summary>
    public List<double> Loaded { get; } = [];

    /// <summary>Its open files and sockets.</summary>
    public int Handles => _process.Handles;

    /// <summary>Starts the service on an outbox.</summary>
    /// <param name="folder">The folder of its settings and of <c>outbox.db</c>.</param>
    /// <param name="meta">The address of Meta.</param>
    /// <param name="connectionString">A PostgreSQL database instead of the file.</param>
    public static async Task<MeasuredService> StartAsync(string folder, Uri meta, string? connectionString = null)
    {
        var outbox = connectionString is null
            ? $$"""{ "Path": "{{Path.Combine(folder, "outbox.db")}}" }"""
            : $$"""{ "Provider": "PostgreSql", "ConnectionString": "{{connectionString}}" }""";
        var began = Stopwatch.GetTimestamp();
        var process = await ListeningProcess.StartAsync(
            folder,
            $$$"""
            {
              "Graph": { "BaseAddress": "{{{meta}}}", "Timeout": "00:05:00" },
              "Outbox": {{{outbox}}},
              "Ingestion": { "RateLimit": { "Enabled": false } },
              "Admin": { "ApiKey": "{{{OperatorKey}}}" },
              "Connections": {
                "benchmark": { "Source": "RudderStack", "WriteKeys": ["benchmark-key"], "AccessToken": "benchmark",
                               "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "1" },
                                                                { "From": "AddToCart", "To": "1" }] } }
              }
            }
            """
        );
        return new MeasuredService(process, Stopwatch.GetElapsedTime(began));
    }

    public void Dispose() => _process.Dispose();
}
