namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>The alerts of <see cref="IAlertStore"/>.</summary>
internal sealed partial class SqliteOutbox
{
    /// <inheritdoc/>
    public ValueTask<SavedAlerts> AlertsAsync(CancellationToken cancellationToken) =>
        _file.NoteDamageOf(_operator.AlertsAsync(cancellationToken));

    /// <inheritdoc/>
    /// <remarks>No other process has the file, so the lease is always current.</remarks>
    public async ValueTask<bool> SaveAlertsAsync(
        TaskLease lease,
        string state,
        IReadOnlyList<SavedNotification> added,
        CancellationToken cancellationToken
    )
    {
        await _queue.ChangeAsync(transaction => transaction.Alerts.Save(state, added, transaction.Now));
        return true;
    }

    /// <inheritdoc/>
    public ValueTask RemoveNotificationAsync(string id, CancellationToken cancellationToken) =>
        new(_queue.ChangeAsync(transaction => transaction.Alerts.Remove(id)));
}
