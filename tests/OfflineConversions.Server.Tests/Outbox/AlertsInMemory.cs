using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Alerts until the process ends.</summary>
internal sealed class AlertsInMemory : IAlertStore
{
    private readonly Lock _gate = new();
    private readonly List<SavedNotification> _waiting = [];
    private string? _state;

    /// <inheritdoc/>
    public ValueTask<SavedAlerts> AlertsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(new SavedAlerts(_state, [.. _waiting]));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> SaveAlertsAsync(
        TaskLease lease,
        string state,
        IReadOnlyList<SavedNotification> added,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            _state = state;
            _waiting.AddRange(added);
        }

        return ValueTask.FromResult(true);
    }

    /// <inheritdoc/>
    public ValueTask RemoveNotificationAsync(string id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _waiting.RemoveAll(notification => notification.Id == id);
        }

        return ValueTask.CompletedTask;
    }
}
