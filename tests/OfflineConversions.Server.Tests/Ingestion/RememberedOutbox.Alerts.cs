using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>What was notified of alerts: a write like those of an operator.</summary>
internal sealed partial class RememberedOutbox
{
    public ValueTask<SavedAlerts> AlertsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SavedAlerts(State: null, []));

    public ValueTask<bool> SaveAlertsAsync(
        TaskLease lease,
        string state,
        IReadOnlyList<SavedNotification> added,
        CancellationToken cancellationToken
    ) => WriteAsync("Alerts", true, cancellationToken);

    public ValueTask RemoveNotificationAsync(string id, CancellationToken cancellationToken) =>
        new(WriteAsync("Notification", true, cancellationToken).AsTask());
}
