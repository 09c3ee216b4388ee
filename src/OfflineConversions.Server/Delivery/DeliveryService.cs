using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Runs one <see cref="Dispatcher"/> for each connection from the moment the server listens (the sandbox may be Graph)
/// until it stops. A connection that is configured anew gets a new one as soon as what is in flight has finished; one
/// that is taken away keeps its stored events until it comes back.
/// </summary>
internal sealed partial class DeliveryService(
    ConnectionRegistry connections,
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
    ILogger<DeliveryService> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await control.RestoreAsync(stoppingToken);
        if (!await HasStartedAsync(stoppingToken))
        {
            return;
        }

        var lanes = new Dictionary<string, Task>(StringComparer.Ordinal);
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = connections.Changed;
            foreach (var connection in connections.All)
            {
                if (!lanes.ContainsKey(connection.Name))
                {
                    lanes[connection.Name] = ServeAsync(connection.Name, stoppingToken);
                }
            }

            await UntilAsync(changed, stoppingToken);
        }

        await Task.WhenAll(lanes.Values);
    }

    /// <summary>Serves one name, whatever it is configured as, one configuration after the other.</summary>
    private async Task ServeAsync(string name, CancellationToken stopping)
    {
        var isFirst = true;
        while (!stopping.IsCancellationRequested)
        {
            var changed = connections.Changed;
            if (Find(name) is not { } connection)
            {
                states.Forget(name);
                await UntilAsync(changed, stopping);
                continue;
            }

            if (!isFirst)
            {
                await ProbeAsync(name, stopping);
            }

            isFirst = false;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var dispatching = DispatchAsync(connection, end.Token);
            while (ReferenceEquals(Find(name), connection) && !stopping.IsCancellationRequested)
            {
                await UntilAsync(changed, stopping);
                changed = connections.Changed;
            }

            await end.CancelAsync();
            await dispatching;
            await graph.ForgetAsync(name);
        }
    }

    /// <summary>
    /// Something about it was mended: what stands still may go on at once. A pause of the operator's stands.
    /// </summary>
    private async Task ProbeAsync(string name, CancellationToken stopping)
    {
        try
        {
            await control.RestoreAsync(stopping);
            await control.ProbeNowAsync(name, insist: false, stopping);
        }
        catch (Exception failure)
        {
            if (!stopping.IsCancellationRequested)
            {
                LogNotProbed(failure, name); // The usual probe finds out.
            }
        }
    }

    private Connection? Find(string name) => connections.Find(name) is { } found && found.Name == name ? found : null;

    private static async Task UntilAsync(Task changed, CancellationToken stopping) =>
        await Task.WhenAny(changed.WaitAsync(stopping));

    private async Task DispatchAsync(Connection connection, CancellationToken stopping)
    {
        var state = states.Of(connection.Name);
        var limits = BatchLimits.Of(connection.Options, options);
        var shipper = new Shipper(connection, graph, state, schedule, limits, time, logger);
        using var dispatcher = new Dispatcher(
            connection,
            outbox,
            shipper,
            state,
            signal,
            schedule,
            limits,
            options,
            metrics,
            time,
            logger
        );
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

    [LoggerMessage(
        EventId = 335,
        Level = LogLevel.Warning,
        Message = "Connection {Connection} was not probed at once after its settings changed"
    )]
    private partial void LogNotProbed(Exception failure, string connection);
}
