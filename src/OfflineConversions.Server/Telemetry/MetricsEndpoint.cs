using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary><c>GET /metrics</c> for Prometheus.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder app) =>
        app.MapGet(
                "/metrics",
                async (
                    Measurements measurements,
                    BacklogGauges backlog,
                    LedgerGauges ledger,
                    ILedger outbox,
                    CancellationToken cancellationToken
                ) =>
                {
                    await backlog.RefreshAsync(outbox, cancellationToken);
                    await ledger.RefreshAsync(outbox, cancellationToken);
                    return Results.Text(measurements.Collect(PrometheusText.Write), PrometheusText.ContentType);
                }
            )
            .WithTags("Operations")
            .WithSummary("Counters, gauges and histograms in Prometheus' text format.")
            .Produces<string>(contentType: "text/plain");
}
