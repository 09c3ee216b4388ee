namespace OfflineConversions.Server.Alerts;

/// <summary>
/// Compares the alerts that hold with those before, and notifies every webhook of what began and what ended. After a
/// restart, what still holds is notified once more.
/// </summary>
internal sealed partial class AlertWatch(
    AlertConditions conditions,
    IReadOnlyList<Webhook> webhooks,
    TimeProvider time,
    ILogger<AlertWatch> logger
) : BackgroundService
{
    /// <summary>The time between two comparisons.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private Dictionary<AlertKey, Alert> _known = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (webhooks.Count == 0)
        {
            return;
        }

        await Task.WhenAll([
            CompareRepeatedlyAsync(stoppingToken),
            .. webhooks.Select(one => one.RunAsync(stoppingToken)),
        ]);
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
        var found = (await conditions.FindAsync(stopping)).ToDictionary(alert => alert.Key);
        var now = time.GetUtcNow();
        foreach (var alert in found.Values)
        {
            var isNew = !_known.TryGetValue(alert.Key, out var before);
            if (isNew || (alert.Reason is not null && alert.Reason != before!.Reason))
            {
                Notify(Notification.Firing(alert, now));
            }
        }

        foreach (var ended in _known.Values.Where(alert => !found.ContainsKey(alert.Key)))
        {
            Notify(Notification.Resolved(ended, now));
        }

        _known = found;
    }

    private void Notify(Notification notification)
    {
        foreach (var webhook in webhooks)
        {
            webhook.Enqueue(notification);
        }
    }

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
