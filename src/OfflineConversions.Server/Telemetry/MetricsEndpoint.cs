using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary><c>GET /metrics</c> for Prometheus.</summary>
internal static class MetricsEndpoint
{
    public static IServiceCollection AddMeasurements(this IServiceCollection services) =>
        services.AddSingleton<Measurements>().AddSingleton<StateGauges>().AddHostedService<ClockWatch>();

    public static void MapMetrics(this WebApplication app)
    {
        // Measurements counts from its creation on, so it must exist before the first event.
        _ = app.Services.GetRequiredService<Measurements>();
        _ = app.Services.GetRequiredService<StateGauges>();
        app.MapGet("/metrics", WriteAsync)
            .WithTags("Operations")
            .WithSummary("Counters, gauges and histograms in Prometheus' text format.")
            .Produces<string>(contentType: "text/plain");
    }

    private static async Task<IResult> WriteAsync(
        Measurements measurements,
        StateGauges gauges,
        ILedger ledger,
        CancellationToken cancellationToken
    )
    {
        await gauges.RefreshAsync(ledger, cancellationToken);
        return Results.Text(measurements.Collect(PrometheusText.Write), PrometheusText.ContentType);
    }
}
