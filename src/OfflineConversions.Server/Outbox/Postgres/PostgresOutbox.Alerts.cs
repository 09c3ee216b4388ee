namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>What was notified of alerts is kept until the process ends, by each replica for itself.</summary>
internal sealed partial class PostgresOutbox
{
    private readonly AlertsInMemory _alerts = new();

    ValueTask<SavedAlerts> IAlertStore.AlertsAsync(CancellationToken cancellationToken) =>
        _alerts.AlertsAsync(cancellationToken);

    ValueTask IAlertStore.SaveAlertsAsync(
        string state,
        IReadOnlyList<SavedNotification> added,
        CancellationToken cancellationToken
    ) => _alerts.SaveAlertsAsync(state, added, cancellationToken);

    ValueTask IAlertStore.RemoveNotificationAsync(string id, CancellationToken cancellationToken) =>
        _alerts.RemoveNotificationAsync(id, cancellationToken);
}
