using OfflineConversions.Server.Delivery.State;

namespace OfflineConversions.Server.Alerts;

/// <summary>
/// Compares the alerts that hold with those before, and notifies every webhook of what began and what ended. What was
/// notified, and what still has to be, is in the store before a webhook is called: a restart repeats and loses nothing.
/// </summary>
internal sealed partial class AlertWatch(
    AlertConditions conditions,
    ConnectionStates states,
    AlertStorage storage,
    IReadOnlyList<Webhook> webhooks,
    TimeProvider time,
    ILogger<AlertWatch> logger
) : BackgroundService
{
    /// <summary>The time between two comparisons.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time between two writes for nothing but arrivals, of which there are some in every round.
    /// </summary>
    public static readonly TimeSpan ArrivalsInterval = TimeSpan.FromMinutes(1);

    private readonly NotifiedAlerts _notified = new();
    private readonly HashSet<Webhook> _unaware = [];
    private AlertMemory? _saved;
    private DateTimeOffset _savedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (webhooks.Count == 0)
        {
            return;
        }

        // A halt that is not restored yet has not ended.
        await states.Restored.WaitAsync(stoppingToken);
        await RestoreAsync(stoppingToken);
        await Task.WhenAll([
            CompareRepeatedlyAsync(stoppingToken),
            .. webhooks.Select(one => one.RunAsync(stoppingToken)),
        ]);
    }

    private async Task RestoreAsync(CancellationToken stopping)
    {
        var (memory, waiting) = await storage.ReadAsync(stopping);
        foreach (var notification in waiting)
        {
            if (webhooks.FirstOrDefault(webhook => webhook.Name == notification.Webhook) is { } webhook)
            {
                webhook.Enqueue(notification);
            }
            else
            {
                await storage.RemoveAsync(notification.Id, stopping);
            }
        }

        _notified.Restore(memory.Notified);
        conditions.Restore(memory);
        _unaware.UnionWith(webhooks.Where(webhook => !memory.Webhooks.Contains(webhook.Name, StringComparer.Ordinal)));
    }

    private async Task CompareRepeatedlyAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await CompareAsync(stopping);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Log.Failed(logger, failure);
            }
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    private async Task CompareAsync(CancellationToken stopping)
    {
        var findings = await conditions.FindAsync(stopping);
        var now = time.GetUtcNow();
        var changes = _notified.Compare(findings, now);
        var added = webhooks
            .SelectMany(webhook =>
                (
                    _unaware.Contains(webhook)
                        ? findings.Alerts.Select(alert => Notification.Firing(alert, now))
                        : changes
                ).Select(change => new ForWebhook(
                    webhook,
                    new WaitingNotification(Guid.NewGuid().ToString("N"), webhook.Name, change)
                ))
            )
            .ToList();
        _unaware.Clear();
        await SaveAsync([.. added.Select(one => one.Notification)], now, stopping);
        foreach (var (webhook, notification) in added)
        {
            webhook.Enqueue(notification);
        }
    }

    private async Task SaveAsync(
        IReadOnlyList<WaitingNotification> added,
        DateTimeOffset now,
        CancellationToken stopping
    )
    {
        var memory = new AlertMemory(
            _notified.All,
            [.. webhooks.Select(webhook => webhook.Name)],
            conditions.LastFailures,
            conditions.LastArrivals
        );
        if ((added.Count > 0 || IsNews(memory, now)) && await storage.SaveAsync(memory, added, stopping))
        {
            (_saved, _savedAt) = (memory, now);
        }
    }

    private bool IsNews(AlertMemory memory, DateTimeOffset now)
    {
        if (_saved is null || (memory with { Arrivals = null }).Write() != (_saved with { Arrivals = null }).Write())
        {
            return true;
        }

        return now - _savedAt >= ArrivalsInterval && memory.Write() != _saved.Write();
    }

    private sealed record ForWebhook(Webhook Webhook, WaitingNotification Notification);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 533,
            Level = LogLevel.Error,
            Message = "The alerts could not be compared; they are compared again in seconds"
        )]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
