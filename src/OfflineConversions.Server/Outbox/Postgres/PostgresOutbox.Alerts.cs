namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary><see cref="IAlertStore"/> and <see cref="IReplicaStore"/>, forwarded to their implementations.</summary>
internal sealed partial class PostgresOutbox
{
    /// <inheritdoc/>
    public int Replicas => _tasks.Replicas;

    /// <inheritdoc/>
    public ValueTask<SavedAlerts> AlertsAsync(CancellationToken cancellationToken) =>
        AskAsync(() => _alerts.AlertsAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<bool> SaveAlertsAsync(
        TaskLease lease,
        string state,
        IReadOnlyList<SavedNotification> added,
        CancellationToken cancellationToken
    ) => AskAsync(() => _alerts.SaveAlertsAsync(lease, state, added, cancellationToken));

    /// <inheritdoc/>
    public ValueTask RemoveNotificationAsync(string id, CancellationToken cancellationToken) =>
        DoAsync(() => _alerts.RemoveNotificationAsync(id, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<TaskLease?> TryTakeTaskAsync(
        string task,
        TimeSpan duration,
        CancellationToken cancellationToken
    ) => AskAsync(() => _tasks.TryTakeTaskAsync(task, duration, cancellationToken));

    /// <inheritdoc/>
    public ValueTask ReturnTaskAsync(TaskLease lease, CancellationToken cancellationToken) =>
        DoAsync(() => _tasks.ReturnTaskAsync(lease, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SharedNote>> NotesAsync(string prefix, CancellationToken cancellationToken) =>
        AskAsync(() => _tasks.NotesAsync(prefix, cancellationToken));

    /// <inheritdoc/>
    public ValueTask NoteAsync(string name, string text, CancellationToken cancellationToken) =>
        DoAsync(() => _tasks.NoteAsync(name, text, cancellationToken));
}
