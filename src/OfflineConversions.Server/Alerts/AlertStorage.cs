using System.Text.Json;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Alerts;

/// <summary>
/// The alerts in the store. A store that does not work delays nothing for long and stops nothing: a full disk is what
/// alerts are for. What it could not save is saved when it works again, and lost only if the process ends before.
/// </summary>
internal sealed partial class AlertStorage(IAlertStore store, TimeProvider time, ILogger<AlertStorage> logger)
{
    /// <summary>How long a call waits for the store.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private Task _saving = Task.CompletedTask;

    /// <summary>What was saved before the start.</summary>
    public async Task<RestoredAlerts> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var saved = await store.AlertsAsync(cancellationToken);
            return new RestoredAlerts(
                saved.State is { } state ? AlertMemory.Read(state) : AlertMemory.Empty,
                [.. saved.Waiting.Select(Read)]
            );
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Damage, perhaps. A repeated notification is better than none from now on.
            Log.Unreadable(logger, failure);
            return new RestoredAlerts(AlertMemory.Empty, []);
        }
    }

    /// <summary>Saves what is known and what has to be delivered, before it is.</summary>
    /// <returns>Whether the store was given it: not while it has not finished the call before.</returns>
    public async Task<bool> SaveAsync(
        AlertMemory memory,
        IReadOnlyList<WaitingNotification> added,
        CancellationToken cancellationToken
    )
    {
        if (added.Count == 0 && !_saving.IsCompleted)
        {
            return false;
        }

        SavedNotification[] saved =
        [
            .. added.Select(one => new SavedNotification(
                one.Id,
                one.Webhook,
                JsonSerializer.Serialize(one.Notification, JsonSerializerOptions.Web)
            )),
        ];
        _saving = LoggedAsync(store.SaveAlertsAsync(memory.Write(), saved, CancellationToken.None));
        await WaitAsync(_saving, cancellationToken);
        return true;
    }

    /// <summary>A webhook has taken a notification, or never will.</summary>
    public Task RemoveAsync(string id, CancellationToken cancellationToken) =>
        WaitAsync(LoggedAsync(store.RemoveNotificationAsync(id, CancellationToken.None)), cancellationToken);

    private async Task WaitAsync(Task call, CancellationToken cancellationToken) =>
        await Task.WhenAny(call, Task.Delay(Patience, time, cancellationToken));

    private async Task LoggedAsync(ValueTask call)
    {
        try
        {
            await call;
        }
        catch (Exception failure)
        {
            Log.NotSaved(logger, failure);
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

/// <summary>What was saved before the start.</summary>
/// <param name="Memory">What was known.</param>
/// <param name="Waiting">What no webhook has taken yet, oldest first.</param>
internal sealed record RestoredAlerts(AlertMemory Memory, IReadOnlyList<WaitingNotification> Waiting);

/// <summary>A notification that a webhook has not taken yet.</summary>
/// <param name="Id">Its id, which is not used twice.</param>
/// <param name="Webhook">The name of the webhook.</param>
/// <param name="Notification">What it says.</param>
internal sealed record WaitingNotification(string Id, string Webhook, Notification Notification);
