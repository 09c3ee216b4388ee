namespace OfflineConversions.Server.Outbox;

/// <summary>
/// What was notified of alerts, and the notifications that no webhook has taken yet. Kept across restarts, so that none
/// is repeated or lost. The store does not read either of them.
/// </summary>
internal interface IAlertStore
{
    /// <summary>What was saved last, and the notifications that were not removed, oldest first.</summary>
    ValueTask<SavedAlerts> AlertsAsync(CancellationToken cancellationToken);

    /// <summary>Saves the state and adds notifications, in one step.</summary>
    /// <returns>False if the lease is no longer current: nothing was saved, and nothing may be notified.</returns>
    ValueTask<bool> SaveAlertsAsync(
        TaskLease lease,
        string state,
        IReadOnlyList<SavedNotification> added,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Removes a notification, because its webhook has taken it or never will. Calls take effect in their order, so a
    /// notification is gone also if it was added by a call that has not returned.
    /// </summary>
    ValueTask RemoveNotificationAsync(string id, CancellationToken cancellationToken);
}

/// <summary>What a restart finds.</summary>
/// <param name="State">What was saved last; <see langword="null"/> if nothing was.</param>
/// <param name="Waiting">The notifications, oldest first.</param>
internal sealed record SavedAlerts(string? State, IReadOnlyList<SavedNotification> Waiting);

/// <summary>A notification for one webhook.</summary>
/// <param name="Id">Its id, which is not used twice.</param>
/// <param name="Webhook">A name of the webhook that is not its address.</param>
/// <param name="Content">The notification.</param>
internal sealed record SavedNotification(string Id, string Webhook, string Content);
