using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>Puts together the parts that deliver for one connection.</summary>
internal sealed class DispatcherFactory(
    IOutbox outbox,
    GraphClient graph,
    ConnectionStates states,
    DeliverySignal signal,
    DeliveryTiming timing,
    DeliveryTelemetry telemetry
)
{
    public Dispatcher Create(Connection connection)
    {
        var state = states.Of(connection.Name);
        var limits = BatchLimits.Of(connection.Options, timing.Options);
        var queue = new ConnectionQueue(connection.Name, outbox, limits, timing, telemetry);
        var effects = new ResponseEffects(
            state,
            graph.VersionSetting(connection.Options.Api),
            timing.Time,
            telemetry.Logger
        );
        var shipper = new Shipper(connection, graph, queue, state, effects, timing);
        return new Dispatcher(queue, shipper, state, signal, timing, telemetry.Logger);
    }

    /// <summary>Drops what is kept for one configuration of a connection whose dispatcher has ended.</summary>
    public ValueTask ForgetConfigurationAsync(string connection) => graph.ForgetAsync(connection);

    /// <summary>Drops the state of a connection that is no longer configured.</summary>
    public void ForgetConnection(string connection) => states.Forget(connection);
}
