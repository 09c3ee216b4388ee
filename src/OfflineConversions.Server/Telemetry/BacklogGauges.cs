using System.Diagnostics.Metrics;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// What waits, as gauges: for every connection, also where nothing does, and for those that are no longer configured.
/// </summary>
internal sealed class BacklogGauges
{
    private readonly ConnectionRegistry _connections;
    private readonly TimeProvider _time;
    private IReadOnlyList<Backlog> _latest = [];

    public BacklogGauges(IMeterFactory meters, ConnectionRegistry connections, TimeProvider time)
    {
        _connections = connections;
        _time = time;
        var meter = meters.Create("OfflineConversions.Backlog");
        meter.CreateObservableGauge(
            "offlineconversions.backlog.events",
            () => Measure(backlog => backlog?.Events ?? 0),
            description: "Events that wait for delivery."
        );
        meter.CreateObservableGauge(
            "offlineconversions.backlog.size",
            () => Measure(backlog => backlog?.Bytes ?? 0),
            "By",
            "Payload bytes that wait for delivery."
        );
        meter.CreateObservableGauge(
            "offlineconversions.backlog.oldest",
            () => Measure(Age),
            "s",
            "Age of the oldest event that waits for delivery."
        );
    }

    /// <summary>Asks the outbox; the gauges show its last answer.</summary>
    public async Task RefreshAsync(ILedger ledger, CancellationToken cancellationToken) =>
        _latest = await ledger.BacklogAsync(cancellationToken);

    private double Age(Backlog? backlog) =>
        backlog is null ? 0 : Math.Max(0, (_time.GetUtcNow() - backlog.OldestCreatedAt).TotalSeconds);

    private IEnumerable<Measurement<double>> Measure(Func<Backlog?, double> of)
    {
        var latest = _latest;
        return _connections
            .All.Select(connection => connection.Name)
            .Union(latest.Select(backlog => backlog.Connection), StringComparer.Ordinal)
            .Select(name => new Measurement<double>(
                of(latest.FirstOrDefault(backlog => backlog.Connection == name)),
                new KeyValuePair<string, object?>("connection", name)
            ));
    }
}
