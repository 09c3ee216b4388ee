using System.Text.Json;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Alerts;

/// <summary>
/// The alerts in the store. A store that does not work delays nothing for long and stops nothing: a full disk is what
/// alerts are for. What it could not save is saved when it works again, and lost only if the process ends before. A
/// store that replicas share is different: what is not saved there is not notified, because another one may do it.
/// </summary>
internal sealed partial class AlertStorage(IAlertStore store, TimeProvider time, ILogger<AlertStorage> logger)
{
    /// <summary>How long a call waits for the store.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RemovalRetry = TimeSpan.FromSeconds(1);

    private Task _saving = Task.CompletedTask;

    /// <summary>What was saved before this process began to watch.</summary>
    /// <exception cref="OutboxUnavailableException">The store is shared and does not work.</exception>
    public async Task<RestoredAlerts> ReadAsync(TaskLease lease, CancellationToken cancellationToken)
    {
        try
        {
            var saved = await store.AlertsAsync(cancellationToken);
            return new RestoredAlerts(
                saved.State is { } state ? AlertMemory.Read(state) : AlertMemory.Empty,
                [.. saved.Waiting.Select(Read)]
            );
        }
        catch (Exception failure)
            when (failure is not OperationCanceledException
                && !(lease.IsShared && failure is OutboxUnavailableException)
            )
        {
            // Damage, perhaps. A repeated notification is better than none from now on.
            Log.Unreadable(logger, failure);
            return new RestoredAlerts(AlertMemory.Empty, []);
        }
    }

    /// <summary>Saves what is known and what has to be delivered, before it is.</summary>
    /// <exception cref="OutboxUnavailableException">The store is shared and does not work.</exception>
    public async Task<AlertSaving> SaveAsync(
        TaskLease lease,
        AlertMemory memory,
        IReadOnlyList<WaitingNotification> added,
        CancellationToken cancellationToken
    )
    {
        if (added.Count == 0 && !_saving.IsCompleted)
        {
            return AlertSaving.Busy;
        }

        SavedNotification[] saved =
        [
            .. added.Select(one => new SavedNotification(
                one.Id,
                one.Webhook,
                JsonSerializer.Serialize(one.Notification, JsonSerializerOptions.Web)
            )),
        ];
        if (lease.IsShared)
        {
            return await store.SaveAlertsAsync(lease, memory.Write(), saved, cancellationToken)
                ? AlertSaving.Given
                : AlertSaving.Refused;
        }

        _saving = LoggedAsync(
            DiscardAsync(store.SaveAlertsAsync(lease, memory.Write(), saved, CancellationToken.None))
        );
        await WaitAsync(_saving, cancellationToken);
        return AlertSaving.Given;
    }

    /// <summary>
    /// A webhook has taken a notification, or never will. In a shared store it is removed for certain, unless this
    /// process loses its turn: then the next one delivers it again.
    /// </summary>
    public async Task RemoveAsync(TaskLease lease, string id, CancellationToken cancellationToken)
    {
        var removing = LoggedAsync(store.RemoveNotificationAsync(id, CancellationToken.None));
        await WaitAsync(removing, cancellationToken);
        while (lease.IsShared && !await removing)
        {
            await Task.Delay(RemovalRetry, time, cancellationToken);
            removing = LoggedAsync(store.RemoveNotificationAsync(id, CancellationToken.None));
        }
    }

    private async Task WaitAsync(Task call, CancellationToken cancellationToken) =>
        await Task.WhenAny(call, Task.Delay(Patience, time, cancellationToken));

    private static async ValueTask DiscardAsync(ValueTask<bool> call) => await call;

    /// <returns>Whether it succeeded.</returns>
    private async Task<bool> LoggedAsync(ValueTask call)
    {
        try
        {
            await call;
            return true;
        }
        catch (Exception failure)
        {
            Log.NotSaved(logger, failure);
            return false;
        }
    }

    private static WaitingNotification Read(SavedNotification saved) =>
        new(
            saved.Id,
            saved.Webhook,
            JsonSerializer.Deserialize<Notification>(saved.Content, JsonSerializerOptions.Web)
                ?? throw new JsonException("A notification is null.")
        );

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 534,
            Level = LogLevel.Warning,
            Message = "What was notified of alerts before the start could not be read; what still holds is notified "
                + "again"
        )]
        public static partial void Unreadable(ILogger logger, Exception failure);

        [LoggerMessage(
            EventId = 535,
            Level = LogLevel.Error,
            Message = "What was notified of alerts could not be saved; after a restart a notification may be repeated "
                + "or missing"
        )]
        public static partial void NotSaved(ILogger logger, Exception failure);
    }
}

/// <summary>Whether the store took what was to be saved.</summary>
internal enum AlertSaving
{
    /// <summary>The store was given it.</summary>
    Given,

    /// <summary>It has not finished the call before, and nothing has to be notified.</summary>
    Busy,

    /// <summary>Another replica watches the alerts now.</summary>
    Refused,
}

/// <summary>What was saved before the start.</summary>
/// <param name="Memory">What was known.</param>
/// <param name="Waiting">What no webhook has taken yet, oldest first.</param>
internal sealed record RestoredAlerts(AlertMemory Memory, IReadOnlyList<WaitingNotification> Waiting);

/// <summary>A notification that a webhook has not taken yet.</summary>
/// <param name="Id">Its id, which is not used twice.</param>
/// <param name="Webhook">The name of the webhook.</param>
/// <param name="Notification">What it says.</param>
internal sealed record WaitingNotification(string Id, string Webhook, Notification Notification);
