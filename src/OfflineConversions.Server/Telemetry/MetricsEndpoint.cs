using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary><c>GET /metrics</c> for Prometheus.</summary>
internal static class MetricsEndpoint
{
    private const string TextFormat = "text/plain; version=0.0.4";

    public static void MapMetrics(this WebApplication app)
    {
        var database = app.Services.GetRequiredService<DatabaseGauges>();
        var gauges = app.Services.GetRequiredService<StateGauges>();
        _ = app.Services.GetRequiredService<ProcessGauges>();
        _ = app.Services.GetRequiredService<ResourceGauges>();
        var scrape = ((IEndpointRouteBuilder)app)
            .CreateApplicationBuilder()
            .UseOpenTelemetryPrometheusScrapingEndpoint(_ => true)
            .Build();
        app.MapGet("/metrics", WriteAsync)
            .WithTags("Operations")
            .WithSummary("Counters, gauges and histograms in Prometheus' text format.")
            .Produces<string>(contentType: "text/plain");

        async Task WriteAsync(HttpContext context, ILedger ledger)
        {
            await Task.WhenAll(
                gauges.RefreshAsync(ledger, context.RequestAborted),
                database.RefreshAsync(context.RequestAborted)
            );

            // OpenMetrics, which Prometheus prefers, would add a series with the time of creation to each counter.
            context.Request.Headers.Accept = TextFormat;
            await scrape(context);
        }
    }
}
