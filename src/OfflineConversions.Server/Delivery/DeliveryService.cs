using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Runs one <see cref="Dispatcher"/> for each connection, from the moment the server listens (deliveries may go to its
/// own sandbox) until it stops. A connection whose configuration changes gets a new dispatcher once the batches in
/// flight are done. The stored events of a connection that is removed stay until it is configured again.
/// </summary>
internal sealed partial class DeliveryService(
    ConnectionRegistry connections,
    DispatcherFactory dispatchers,
    ConnectionControl control,
    IHostApplicationLifetime lifetime,
    ILogger<DeliveryService> logger
) : BackgroundService
{
    private static readonly TimeSpan RestoreInterval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await RestoreAsync(stoppingToken);
        if (!await HasStartedAsync(stoppingToken))
        {
            return;
        }

        var serving = new Dictionary<string, Task>(StringComparer.Ordinal);
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = connections.Changed;
            foreach (var connection in connections.All)
            {
                if (!serving.ContainsKey(connection.Name))
                {
                    serving[connection.Name] = ServeAsync(connection.Name, stoppingToken);
                }
            }

            await UntilAsync(changed, stoppingToken);
        }

        await Task.WhenAll(serving.Values);
    }

    /// <summary>Restores pauses and halts before anything is sent. Waits for a store that does not work.</summary>
    private async Task RestoreAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await control.RestoreAsync(stopping);
                return;
            }
            catch (OutboxUnavailableException unavailable)
            {
                Log.NotRestored(logger, unavailable.Message);
                await Task.WhenAny(Task.Delay(RestoreInterval, stopping));
            }
        }
    }

    /// <summary>Serves the connection of this name, one configuration after the other.</summary>
    private async Task ServeAsync(string name, CancellationToken stopping)
    {
        var isFirst = true;
        while (!stopping.IsCancellationRequested)
        {
            var changed = connections.Changed;
            if (Find(name) is not { } connection)
            {
                dispatchers.ForgetConnection(name);
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
            await dispatchers.ForgetConfigurationAsync(name);
        }
    }

    /// <summary>
    /// Probes the halts of a connection whose settings changed, because that may have fixed their cause. A pause
    /// remains.
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
                Log.NotProbed(logger, failure, name);
            }
        }
    }

    private Connection? Find(string name) => connections.Find(name) is { } found && found.Name == name ? found : null;

    private static async Task UntilAsync(Task changed, CancellationToken stopping) =>
        await Task.WhenAny(changed.WaitAsync(stopping));

    private async Task DispatchAsync(Connection connection, CancellationToken stopping)
    {
        using var dispatcher = dispatchers.Create(connection);
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

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 335,
            Level = LogLevel.Warning,
            Message = "Connection {Connection} could not be probed after its settings changed; the next regular probe "
                + "was kept"
        )]
        public static partial void NotProbed(ILogger logger, Exception failure, string connection);

        [LoggerMessage(EventId = 337, Level = LogLevel.Warning, Message = "Delivery waits for the outbox. {Problem}")]
        public static partial void NotRestored(ILogger logger, string problem);
    }
}
