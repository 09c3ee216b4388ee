using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What was notified of alerts.</summary>
internal sealed partial class InMemoryOutbox
{
    private readonly AlertsInMemory _alerts = new();

    public ValueTask<SavedAlerts> AlertsAsync(CancellationToken cancellationToken) =>
        _alerts.AlertsAsync(cancellationToken);

    public ValueTask<bool> SaveAlertsAsync(
        TaskLease lease,
        string state,
        IReadOnlyList<SavedNotification> added,
        CancellationToken cancellationToken
    ) => _alerts.SaveAlertsAsync(lease, state, added, cancellationToken);

    public ValueTask RemoveNotificationAsync(string id, CancellationToken cancellationToken) =>
        _alerts.RemoveNotificationAsync(id, cancellationToken);
}
