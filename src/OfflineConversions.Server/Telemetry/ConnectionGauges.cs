using System.Diagnostics.Metrics;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Telemetry;

/// <summary>How each connection fares, as gauges of 0 and 1: what to build an alert on.</summary>
internal sealed class ConnectionGauges
{
    private readonly ConnectionRegistry _connections;
    private readonly ConnectionStates _states;

    public ConnectionGauges(IMeterFactory meters, ConnectionRegistry connections, ConnectionStates states)
    {
        (_connections, _states) = (connections, states);
        var meter = meters.Create("OfflineConversions.Connections");
        meter.CreateObservableGauge(
            "offlineconversions.connection.halted",
            () => Measure(status => status.Condition == Condition.Halted),
            description: "Whether the connection, or one of its datasets, stands still over a setting that Meta refuses."
        );
        meter.CreateObservableGauge(
            "offlineconversions.connection.throttled",
            () => Measure(status => status.Condition == Condition.Throttled),
            description: "Whether the connection waits, as Meta asked for it or does not answer."
        );
        meter.CreateObservableGauge(
            "offlineconversions.connection.paused",
            () => Measure(status => status.Condition == Condition.Paused),
            description: "Whether an operator has paused the connection."
        );
    }

    private IEnumerable<Measurement<int>> Measure(Func<ConnectionStatus, bool> holds) =>
        _connections.All.Select(connection => new Measurement<int>(
            holds(_states.Of(connection.Name).Status) ? 1 : 0,
            new KeyValuePair<string, object?>("connection", connection.Name)
        ));
}
