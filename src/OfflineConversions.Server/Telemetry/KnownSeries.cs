using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Targets.Meta;
using Outcome = OfflineConversions.Conversions.Outcome;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Creates every series that can be foreseen at 0: when the process starts, and when a connection is added. Prometheus
/// computes an increase from two samples, so it would miss the first burst of a series that begins with it.
/// </summary>
internal sealed class KnownSeries(
    ConnectionRegistry connections,
    VendorProtocols protocols,
    IngestionMeter ingestion,
    UnmappedNames unmapped,
    DeliveryMetrics delivery,
    GraphMetrics graph,
    ImportMeter imports
) : BackgroundService
{
    /// <summary>About how many series one connection has in the metric with the most.</summary>
    public const int PerConnection = 100;

    private static readonly int[] Refusals =
    [
        StatusCodes.Status400BadRequest,
        StatusCodes.Status401Unauthorized,
        StatusCodes.Status403Forbidden,
        StatusCodes.Status408RequestTimeout,
        StatusCodes.Status413PayloadTooLarge,
        StatusCodes.Status415UnsupportedMediaType,
        StatusCodes.Status429TooManyRequests,
        StatusCodes.Status499ClientClosedRequest,
        StatusCodes.Status500InternalServerError,
        StatusCodes.Status503ServiceUnavailable,
    ];

    private static readonly string[] FailedReasons = [.. Codes(ReasonKind.Failed)];

    /// <summary>Completes before the server accepts its first post.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var protocol in protocols.Protocols)
        {
            ingestion.Announce(protocol.Source, [protocol.Success.Status, .. Refusals]);
        }

        AnnounceAll();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = connections.Changed;
            AnnounceAll();
            await Task.WhenAny(changed, Task.Delay(Timeout.Infinite, stoppingToken));
        }
    }

    private static IEnumerable<string> Codes(ReasonKind kind) =>
        ReasonCatalogue.All.Where(entry => entry.Kind == kind).Select(entry => entry.Code);

    private void AnnounceAll()
    {
        foreach (var connection in connections.All)
        {
            Announce(connection);
        }
    }

    private void Announce(Connection connection)
    {
        ingestion.Announce(connection, Outcome.Accepted, reason: null);
        foreach (var code in Codes(ReasonKind.Ignored))
        {
            ingestion.Announce(connection, Outcome.Ignored, code);
        }

        foreach (var code in Codes(ReasonKind.Rejected))
        {
            ingestion.Announce(connection, Outcome.Rejected, code);
        }

        foreach (var code in Codes(ReasonKind.Warning))
        {
            ingestion.Announce(connection, code);
        }

        unmapped.Announce(connection);
        foreach (var dataset in connection.Source.Datasets(connection.Options).Distinct(StringComparer.Ordinal))
        {
            delivery.Announce(connection.Name, dataset, FailedReasons);
        }

        graph.Announce(connection.Name);
        imports.Announce(connection.Name);
    }
}
