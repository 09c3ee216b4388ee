using OfflineConversions.Server.Alerts;

namespace OfflineConversions.Server.Tests.Alerts;

public sealed class NotifiedAlertsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private readonly NotifiedAlerts _notified = new();

    [Fact]
    public void An_alert_is_notified_when_it_begins_and_when_it_ends()
    {
        Compare(Halted("token_invalid")).Should().Equal("firing halted a token_invalid");
        Compare(Halted("token_invalid")).Should().BeEmpty();
        Compare().Should().Equal("resolved halted a token_invalid");
        Compare().Should().BeEmpty();
    }

    [Fact]
    public void Another_reason_is_notified_and_an_unknown_one_is_not()
    {
        Compare(Halted("token_invalid"));
        Compare(Halted("unknown_dataset")).Should().Equal("firing halted a unknown_dataset");
        Compare(Halted(null)).Should().BeEmpty();
        Compare(Halted("unknown_dataset")).Should().BeEmpty("it was notified before it was unknown for a while");
    }

    [Fact]
    public void What_was_notified_before_a_restart_is_not_notified_again_and_its_end_is()
    {
        Compare(Halted("token_invalid"));
        var restarted = new NotifiedAlerts();
        restarted.Restore(_notified.All);

        Compare(restarted, _ => false, Halted("token_invalid")).Should().BeEmpty();
        Compare(restarted, _ => false).Should().Equal("resolved halted a token_invalid");
    }

    [Fact]
    public void What_may_still_hold_has_not_ended()
    {
        Compare(Halted("token_invalid"));

        Compare(_notified, _ => true).Should().BeEmpty();
        Compare(_notified, alert => alert.Name == "silent").Should().Equal("resolved halted a token_invalid");
    }

    [Fact]
    public void Memory_is_read_as_it_was_written()
    {
        var memory = new AlertMemory(
            [new NotifiedAlert("halted", "a", "token_invalid"), new NotifiedAlert("disk_low", null, null)],
            ["webhook"],
            new Dictionary<string, LastChange> { ["a"] = new(3, Now, true) },
            new Dictionary<string, LastChange>()
        );

        AlertMemory.Read(memory.Write()).Should().BeEquivalentTo(memory);
    }

    [Fact]
    public void A_count_that_grew_across_a_restart_has_grown()
    {
        var before = new LastChanges();
        before.Note("a", 1, Now);
        before.Note("b", 1, Now);
        before.EndRound();
        var after = new LastChanges();
        after.Restore(before.All);

        after.Note("a", 2, Now.AddHours(1)).Should().Be(new LastChange(2, Now.AddHours(1), HasGrown: true));
        after.Note("b", 1, Now.AddHours(1)).Should().Be(new LastChange(1, Now, HasGrown: false));
        after.Note("new", 1, Now.AddHours(1)).HasGrown.Should().BeTrue();
    }

    private IEnumerable<string> Compare(params Alert[] alerts) => Compare(_notified, _ => false, alerts);

    private static IEnumerable<string> Compare(
        NotifiedAlerts notified,
        Predicate<AlertKey> mayStillHold,
        params Alert[] alerts
    ) =>
        notified
            .Compare(new AlertFindings(alerts, mayStillHold), Now)
            .Select(one =>
                $"{one.State} {one.Alert} {one.Connection} {one.Reason}".Replace('F', 'f').Replace('R', 'r')
            );

    private static Alert Halted(string? reason) => new("halted", "a", reason, "text", "remedy");
}
