using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Graph;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>Runs one <see cref="Dispatcher"/> for each connection from the moment the server listens (the sandbox may be Graph) until it stops.</summary>
public sealed class DeliveryService(
    IEnumerable<Connection> connections,
    IOutbox outbox,
    GraphClient graph,
    ConnectionStates states,
    ConnectionControl control,
    DeliverySignal signal,
    RetrySchedule schedule,
    DeliveryOptions options,
    DeliveryMetrics metrics,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<DeliveryService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await control.RestoreAsync(stoppingToken);
        if (await HasStartedAsync(stoppingToken))
            await Task.WhenAll(connections.Select(connection => DispatchAsync(connection, stoppingToken)));
    }

    private async Task DispatchAsync(Connection connection, CancellationToken stopping)
    {
        var state = states.Of(connection.Name);
        var limits = BatchLimits.Of(connection.Options, options);
        var shipper = new Shipper(connection, graph, state, schedule, limits, time, logger);
        using var dispatcher = new Dispatcher(connection, outbox, shipper, state, signal, schedule, limits, options, metrics, time, logger);
        await dispatcher.RunAsync(stopping);
    }

    private async Task<bool> HasStartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStarted = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var onStopping = stopping.Register(() => started.TrySetResult());
        await started.Task;
        return !stopping.IsCancellationRequested;
    }
}
