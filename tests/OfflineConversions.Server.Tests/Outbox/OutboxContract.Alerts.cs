using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What was notified of alerts, and what still has to be.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task Before_anything_is_saved_no_alert_is_known() =>
        (await Outbox.AlertsAsync(default)).Should().BeEquivalentTo(new SavedAlerts(null, []));

    [Fact]
    public async Task What_was_notified_and_what_was_not_taken_is_there_after_a_restart()
    {
        var turn = await TakeAlertsAsync();
        await Outbox.SaveAlertsAsync(turn, "first", [Notification("a"), Notification("b")], default);
        await Outbox.SaveAlertsAsync(turn, "second", [Notification("c")], default);
        await Outbox.RemoveNotificationAsync("a", default);
        await Outbox.RemoveNotificationAsync("unknown", default);

        await RestartAsync();

        var saved = await Outbox.AlertsAsync(default);
        saved.State.Should().Be("second");
        saved.Waiting.Should().Equal(Notification("b"), Notification("c"));
    }

    [Fact]
    public async Task A_notification_that_is_removed_before_it_was_stored_is_not_kept()
    {
        var turn = await TakeAlertsAsync();
        var save = Outbox.SaveAlertsAsync(turn, "state", [Notification("a")], default).AsTask();
        var remove = Outbox.RemoveNotificationAsync("a", default).AsTask();
        await Task.WhenAll(save, remove);

        (await Outbox.AlertsAsync(default)).Waiting.Should().BeEmpty();
    }

    [Fact]
    public async Task A_task_that_this_process_has_it_may_keep_and_give_up_and_take_again()
    {
        var first = await TakeAlertsAsync();
        (await TakeAlertsAsync()).Should().Be(first, "it is the same turn");
        await Outbox.ReturnTaskAsync(first, default);
        var again = await TakeAlertsAsync();

        (await Outbox.SaveAlertsAsync(again, "state", [], default)).Should().BeTrue();
        Outbox.Replicas.Should().Be(1);
    }

    private async Task<TaskLease> TakeAlertsAsync() =>
        (await Outbox.TryTakeTaskAsync("alerts", TimeSpan.FromMinutes(1), default))!;

    private static SavedNotification Notification(string id) => new(id, "webhook", $"ünïcode {id}");
}
