using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class ConnectionStateTests
{
    private readonly SimulatedTime _time = new();
    private readonly ConnectionState _state;

    public ConnectionStateTests() =>
        _state = new ConnectionState("stores", new ProbeSchedule(new DeliveryOptions()), _time);

    [Fact]
    public void A_new_connection_is_active_and_may_send()
    {
        _state
            .Status.Should()
            .Match<ConnectionStatus>(status =>
                status.Condition == Condition.Active && status.Reason == null && status.Since == null
            );
        _state.Ask(ConnectionState.Everything).Kind.Should().Be(ClearanceKind.Send);
    }

    [Fact]
    public void A_probe_is_granted_to_one_asker_only()
    {
        _state.Stop("1", "unknown_dataset").Should().BeTrue();
        _state.Stop("1", "unknown_dataset").Should().BeFalse("it is no news");
        Advance(TimeSpan.FromMinutes(1));

        _state.Ask("1").Kind.Should().Be(ClearanceKind.Probe);
        _state.Ask("1").Kind.Should().Be(ClearanceKind.Wait);
        _state.Ask("2").Kind.Should().Be(ClearanceKind.Send);
        _state.Ask(ConnectionState.Everything).Kind.Should().Be(ClearanceKind.Send);
    }

    [Fact]
    public void A_probe_that_got_lost_is_followed_by_another()
    {
        _state.Stop(ConnectionState.Everything, "token_invalid");
        Advance(TimeSpan.FromMinutes(1));
        _state.Ask(ConnectionState.Everything);

        Advance(TimeSpan.FromSeconds(15));

        _state.Ask(ConnectionState.Everything).Kind.Should().Be(ClearanceKind.Probe);
    }

    [Fact]
    public void A_failed_probe_makes_the_next_one_wait_longer()
    {
        _state.Stop(ConnectionState.Everything, "token_invalid");
        Advance(TimeSpan.FromSeconds(30));

        _state.ProbeFailed(ConnectionState.Everything);

        _state
            .Ask(ConnectionState.Everything)
            .Should()
            .Be(new Clearance(ClearanceKind.Wait, SimulatedTime.Start.AddMinutes(1)));
    }

    [Fact]
    public void A_halt_outweighs_a_slowdown_and_keeps_its_first_moment()
    {
        _state.Slow("throttled_by_meta", SimulatedTime.Start.AddHours(1));
        Advance(TimeSpan.FromMinutes(5));
        _state.Stop("7", "permission_denied");
        Advance(TimeSpan.FromMinutes(5));

        _state
            .Status.Should()
            .BeEquivalentTo(
                new
                {
                    Condition = Condition.Halted,
                    Reason = "permission_denied",
                    Since = SimulatedTime.Start.AddMinutes(5),
                    Until = SimulatedTime.Start.AddMinutes(5).AddSeconds(30),
                }
            );
        _state.Status.HaltedDatasets.Should().ContainKey("7");
        _state.Resume("7").Should().BeTrue();
        _state.Status.Condition.Should().Be(Condition.Throttled);
    }

    [Fact]
    public void A_slowdown_is_never_shortened_by_a_later_one_and_counts_while_it_lasts()
    {
        _state.Slow("throttled_by_meta", SimulatedTime.Start.AddMinutes(9));
        _state.Slow("throttled_by_meta", SimulatedTime.Start.AddMinutes(1));

        _state
            .Ask(ConnectionState.Everything)
            .Should()
            .Be(new Clearance(ClearanceKind.Wait, SimulatedTime.Start.AddMinutes(9)));
        _state.Slowdowns.Should().Be(2);
    }

    [Fact]
    public void Only_a_success_after_the_slowdown_ends_its_count()
    {
        _state.Slow("throttled_by_meta", SimulatedTime.Start.AddMinutes(9));
        _state.Succeeded();
        _state.Slowdowns.Should().Be(1);
        Advance(TimeSpan.FromMinutes(9));

        _state.Succeeded();

        _state.Slowdowns.Should().Be(0);
        _state.Status.LastSuccess.Should().Be(SimulatedTime.Start.AddMinutes(9));
    }

    [Fact]
    public void After_trouble_one_request_leaves_and_one_more_with_each_success()
    {
        _state.Slow("meta_unreachable", SimulatedTime.Start.AddMinutes(1));
        Advance(TimeSpan.FromMinutes(1));

        Depart(most: 64).Should().Be(1);
        Succeed(1);
        Depart(most: 64).Should().Be(2);
        Succeed(2);
        Depart(most: 64).Should().Be(4);
        Succeed(4);
        Depart(most: 64).Should().Be(8);
    }

    [Fact]
    public async Task A_pause_outweighs_everything_and_its_end_wakes_whoever_waits()
    {
        _state.Stop("7", "permission_denied");
        _state.Pause(SimulatedTime.Start);
        var changed = _state.Changed;

        _state.Ask(ConnectionState.Everything).Kind.Should().Be(ClearanceKind.Wait);
        _state
            .Status.Should()
            .BeEquivalentTo(
                new
                {
                    Condition = Condition.Paused,
                    Reason = "paused_by_operator",
                    Since = SimulatedTime.Start,
                }
            );
        changed.IsCompleted.Should().BeFalse();

        _state.Unpause();
        await changed;
        _state.Ask(ConnectionState.Everything).Kind.Should().Be(ClearanceKind.Send);
        _state.Status.Condition.Should().Be(Condition.Halted);
    }

    [Fact]
    public void Of_two_reasons_to_slow_down_the_longer_wait_stands()
    {
        _state.Slow("throttled_by_meta", SimulatedTime.Start.AddMinutes(9)).Should().BeTrue();
        _state.Slow("nearing_limit", SimulatedTime.Start.AddMinutes(1)).Should().BeFalse();

        _state
            .Status.Should()
            .BeEquivalentTo(new { Reason = "throttled_by_meta", Until = SimulatedTime.Start.AddMinutes(9) });
    }

    [Fact]
    public void An_operator_who_insists_ends_a_halt_for_refusals_until_a_batch_goes_well()
    {
        _state.Stop("7", "too_many_refused");
        _state.Stop("8", "permission_denied");

        _state.ProbeNow(insist: true);

        _state.Ask("7").Kind.Should().Be(ClearanceKind.Send);
        _state.Ask("8").Kind.Should().Be(ClearanceKind.Probe);
        _state.Insists("7").Should().BeTrue();
        _state.Insists("8").Should().BeFalse();
        _state.Calm("7");
        _state.Insists("7").Should().BeFalse();
    }

    [Fact]
    public void A_batch_on_its_way_sends_nothing_more_once_its_connection_or_dataset_stands_still()
    {
        _state.MaySend("7").Should().BeTrue();

        _state.Stop("7", "permission_denied");
        (_state.MaySend("7"), _state.MaySend("8")).Should().Be((false, true));
        _state.Stop(ConnectionState.Everything, "token_invalid");
        _state.MaySend("8").Should().BeFalse();
        _state.Resume(ConnectionState.Everything);

        _state.Pause(SimulatedTime.Start);
        _state.MaySend("8").Should().BeFalse();
    }

    [Theory]
    [InlineData("throttled_by_meta", false)]
    [InlineData("meta_unreachable", false)]
    [InlineData("nearing_limit", true)] // a search that is broken off begins anew, and would never end
    public void A_batch_on_its_way_stops_where_Meta_asks_for_it(string reason, bool may)
    {
        _state.Slow(reason, SimulatedTime.Start.AddMinutes(1));
        _state.MaySend("7").Should().Be(may);

        Advance(TimeSpan.FromMinutes(1));
        _state.MaySend("7").Should().BeTrue();
    }

    [Fact]
    public void The_last_success_before_a_restart_is_told_until_there_is_a_newer_one()
    {
        _state.Remember(SimulatedTime.Start.AddDays(-1));
        _state.Status.LastSuccess.Should().Be(SimulatedTime.Start.AddDays(-1));

        _state.Succeeded();
        _state.Remember(SimulatedTime.Start.AddDays(-1));
        _state.Status.LastSuccess.Should().Be(SimulatedTime.Start);
    }

    private int Depart(int most)
    {
        var departed = 0;
        for (; departed < most && _state.Ask(ConnectionState.Everything).Kind == ClearanceKind.Send; departed++)
        {
            _state.Departed();
        }

        return departed;
    }

    private void Succeed(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            _state.Succeeded();
            _state.Arrived();
        }
    }

    [Fact]
    public void The_third_stranger_in_a_row_is_told_of_for_each_dataset_until_Meta_is_heard_there()
    {
        Strangers("1", 5).Should().Equal(false, false, true, false, false);
        Strangers("2", 2).Should().Equal(false, false);
        _state.Answered("1", isMetas: true).Should().BeFalse();
        Strangers("2", 1).Should().Equal(true);
        Strangers("1", 3).Should().Equal(false, false, true);

        bool[] Strangers(string dataset, int times) =>
            [.. Enumerable.Range(0, times).Select(_ => _state.Answered(dataset, isMetas: false))];
    }

    private void Advance(TimeSpan by)
    {
        using var timer = _time.CreateTimer(_ => { }, null, by, Timeout.InfiniteTimeSpan);
        _time.JumpToNextTimer();
    }
}
