using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Metrics;
using OpenTelemetry.Metrics;

namespace OfflineConversions.Server.Telemetry;

/// <summary>What <c>/metrics</c> shows: the meters of this service, and a few of the runtime's.</summary>
internal static class MetricsRegistration
{
    private const string Runtime = "System.Runtime";
    private const int FewestSeries = 2000;

    /// <summary>
    /// The runtime's metrics that say something about this service. The others have names that Prometheus' linter
    /// refuses, or repeat what the process' metrics say.
    /// </summary>
    private static readonly string[] RuntimeMetrics =
    [
        "dotnet.gc.collections",
        "dotnet.gc.heap.total_allocated",
        "dotnet.gc.last_collection.heap.size",
        "dotnet.gc.last_collection.memory.committed_size",
        "dotnet.gc.pause.time",
        "dotnet.monitor.lock_contentions",
    ];

    private static readonly double[] Seconds =
    [
        .. (double[])[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
        .. (double[])[1, 2.5, 5, 10, 30],
    ];

    public static IServiceCollection AddServiceMetrics(this IServiceCollection services, ServiceOptions options)
    {
        // Only meters of this container's factory. Another service in this process has its own.
        services.AddMetrics(metrics => metrics.EnableMetrics(ServiceMeter.Prefix, null, null, MeterScope.Local));
        services
            .AddOpenTelemetry()
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(Runtime)
                    .AddView(instrument => View(instrument, options.Connections.Count))
                    .AddPrometheusExporter(exporter =>
                    {
                        // Labels and metrics of OpenTelemetry's own would change every series.
                        exporter.ScopeInfoEnabled = false;
                        exporter.TargetInfoEnabled = false;
                        exporter.ScrapeResponseCacheDurationMilliseconds = 0;
                    })
            );
        return services
            .AddSingleton<StateGauges>()
            .AddSingleton<ProcessGauges>()
            .AddSingleton<ResourceGauges>()
            .AddSingleton<DatabaseGauges>()
            .AddHostedService<KnownSeries>()
            .AddHostedService<ClockWatch>();
    }

    private static MetricStreamConfiguration? View(Instrument instrument, int connections)
    {
        if (instrument.Meter.Name == Runtime)
        {
            return RuntimeMetrics.Contains(instrument.Name, StringComparer.Ordinal)
                ? null
                : MetricStreamConfiguration.Drop;
        }

        // Room for twice the configured connections: more may be added while the process runs.
        var mostSeries = Math.Max(FewestSeries, 2 * connections * KnownSeries.PerConnection);
        return instrument is Histogram<double>
            ? new ExplicitBucketHistogramConfiguration { Boundaries = Seconds, CardinalityLimit = mostSeries }
            : new MetricStreamConfiguration { CardinalityLimit = mostSeries };
    }
}
