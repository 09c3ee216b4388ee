using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Alerts;

/// <summary>
/// Compares the alerts that hold with those before, and notifies every webhook of what began and what ended. What was
/// notified, and what still has to be, is in the store before a webhook is called: a restart repeats and loses nothing.
/// Of several replicas one does it at a time; another one goes on where it stopped.
/// </summary>
internal sealed partial class AlertWatch(
    AlertConditions conditions,
    ConnectionStates states,
    AlertStorage storage,
    LeasedTask task,
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

    private const string TaskName = "alerts";

    /// <summary>How long a notification is kept for replicas with other webhooks than this one's.</summary>
    private static readonly TimeSpan AnotherReplicas = TimeSpan.FromDays(1);

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
        while (true)
        {
            try
            {
                await task.TryAsync(TaskName, WatchAsync, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, failure);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>Watches until stopped, or until another replica does.</summary>
    private async Task WatchAsync(TaskLease lease, CancellationToken stopping)
    {
        await RestoreAsync(lease, stopping);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] parts =
        [
            CompareRepeatedlyAsync(lease, ending.Token),
            .. webhooks.Select(one => one.RunAsync(ending.Token)),
        ];
        await Task.WhenAny(parts);
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(parts);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // One part ended by itself, because another replica watches now.
        }
    }

    private async Task RestoreAsync(TaskLease lease, CancellationToken stopping)
    {
        var (memory, waiting) = await storage.ReadAsync(lease, stopping);
        foreach (var webhook in webhooks)
        {
            webhook.Begin(lease);
        }

        foreach (var notification in waiting)
        {
            if (webhooks.FirstOrDefault(webhook => webhook.Name == notification.Webhook) is { } webhook)
            {
                webhook.Enqueue(notification);
            }
            else if (!lease.IsShared || time.GetUtcNow() - notification.Notification.At > AnotherReplicas)
            {
                await storage.RemoveAsync(lease, notification.Id, stopping);
            }
        }

        _notified.Restore(memory.Notified);
        conditions.Restore(memory);
        _saved = null;
        _unaware.Clear();
        _unaware.UnionWith(webhooks.Where(webhook => !memory.Webhooks.Contains(webhook.Name, StringComparer.Ordinal)));
    }

    private async Task CompareRepeatedlyAsync(TaskLease lease, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                if (!await TryCompareAsync(lease, stopping))
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException && !lease.IsShared)
            {
                Log.Failed(logger, failure);
            }
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    /// <returns>False if another replica watches now: nothing was notified.</returns>
    private async Task<bool> TryCompareAsync(TaskLease lease, CancellationToken stopping)
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
        if (!await TrySaveAsync(lease, [.. added.Select(one => one.Notification)], now, stopping))
        {
            return false;
        }

        foreach (var (webhook, notification) in added)
        {
            webhook.Enqueue(notification);
        }

        return true;
    }

    private async Task<bool> TrySaveAsync(
        TaskLease lease,
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
        if (added.Count == 0 && !IsNews(memory, now))
        {
            return true;
        }

        var saving = await storage.SaveAsync(lease, memory, added, stopping);
        if (saving == AlertSaving.Given)
        {
            (_saved, _savedAt) = (memory, now);
        }

        return saving != AlertSaving.Refused;
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
