using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Delivery.State;

public sealed class ConnectionStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private readonly ConnectionState _state;

    public ConnectionStateTests() =>
        _state = new ConnectionStates(
            new InMemoryOutbox(_time),
            new ProbeSchedule(new DeliveryOptions()),
            SteadyTime.Over(_time),
            NullLogger<ConnectionStates>.Instance
        ).Of("stores");

    private ConnectionHalts Halts => _state.Halts;

    [Fact]
    public async Task A_new_connection_is_active_and_may_send()
    {
        _state
            .Status.Should()
            .Match<ConnectionStatus>(status =>
                status.Condition == Condition.Active && status.Reason == null && status.Since == null
            );
        (await _state.AskAsync(default)).Kind.Should().Be(ClearanceKind.Send);
    }

    [Fact]
    public async Task A_halt_outranks_a_slowdown_and_keeps_its_beginning()
    {
        _state.SlowDown("throttled_by_meta", Noon.AddHours(1));
        _time.Advance(TimeSpan.FromMinutes(5));
        await _state.HaltAsync(Halts.Dataset("7"), "permission_denied", default);
        _time.Advance(TimeSpan.FromMinutes(5));

        _state
            .Status.Should()
            .BeEquivalentTo(
                new
                {
                    Condition = Condition.Halted,
                    Reason = "permission_denied",
                    Since = Noon.AddMinutes(5),
                    Until = Noon.AddMinutes(5).AddSeconds(30),
                }
            );
        _state.Status.HaltedDatasets.Should().ContainKey("7");
        (await Halts.EndAsync(Halts.Dataset("7"), default)).Should().BeTrue();
        _state.Status.Condition.Should().Be(Condition.Throttled);
    }

    [Fact]
    public async Task A_slowdown_is_never_shortened_by_a_later_one_and_counts_while_it_lasts()
    {
        _state.SlowDown("throttled_by_meta", Noon.AddMinutes(9));
        _state.SlowDown("throttled_by_meta", Noon.AddMinutes(1));

        (await _state.AskAsync(default)).Should().Be(new Clearance(ClearanceKind.Wait, Noon.AddMinutes(9)));
        _state.Slowdowns.Should().Be(2);
    }

    [Fact]
    public void Only_a_success_after_the_slowdown_ends_its_count()
    {
        _state.SlowDown("throttled_by_meta", Noon.AddMinutes(9));
        _state.Succeeded();
        _state.Slowdowns.Should().Be(1);
        _time.Advance(TimeSpan.FromMinutes(9));

        _state.Succeeded();

        _state.Slowdowns.Should().Be(0);
        _state.Status.LastSuccess.Should().Be(Noon.AddMinutes(9));
    }

    [Fact]
    public async Task After_trouble_one_request_may_be_in_flight_and_one_more_with_each_success()
    {
        _state.SlowDown("meta_unreachable", Noon.AddMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(1));

        (await StartBatchesAsync(most: 64)).Should().Be(1);
        Succeed(1);
        (await StartBatchesAsync(most: 64)).Should().Be(2);
        Succeed(2);
        (await StartBatchesAsync(most: 64)).Should().Be(4);
        Succeed(4);
        (await StartBatchesAsync(most: 64)).Should().Be(8);
    }

    [Fact]
    public async Task A_pause_outranks_everything_and_its_end_wakes_those_who_wait()
    {
        await _state.HaltAsync(Halts.Dataset("7"), "permission_denied", default);
        _state.Pause(Noon);
        var changed = _state.Changed;

        (await _state.AskAsync(default)).Kind.Should().Be(ClearanceKind.Wait);
        _state
            .Status.Should()
            .BeEquivalentTo(
                new
                {
                    Condition = Condition.Paused,
                    Reason = "paused_by_operator",
                    Since = Noon,
                }
            );
        changed.IsCompleted.Should().BeFalse();

        _state.Unpause();
        await changed;
        (await _state.AskAsync(default)).Kind.Should().Be(ClearanceKind.Send);
        _state.Status.Condition.Should().Be(Condition.Halted);
    }

    [Fact]
    public void Of_two_reasons_to_slow_down_the_one_with_the_longer_wait_counts()
    {
        _state.SlowDown("throttled_by_meta", Noon.AddMinutes(9)).Should().BeTrue();
        _state.SlowDown("nearing_limit", Noon.AddMinutes(1)).Should().BeFalse();

        _state.Status.Should().BeEquivalentTo(new { Reason = "throttled_by_meta", Until = Noon.AddMinutes(9) });
    }

    [Fact]
    public async Task A_batch_in_flight_sends_nothing_more_once_its_connection_or_dataset_is_halted_or_paused()
    {
        _state.MaySend("7").Should().BeTrue();

        await _state.HaltAsync(Halts.Dataset("7"), "permission_denied", default);
        (_state.MaySend("7"), _state.MaySend("8")).Should().Be((false, true));
        await _state.HaltAsync(Halts.Everything, "token_invalid", default);
        _state.MaySend("8").Should().BeFalse();
        await Halts.EndAsync(Halts.Everything, default);

        _state.Pause(Noon);
        _state.MaySend("8").Should().BeFalse();
    }

    [Theory]
    [InlineData("throttled_by_meta", false)]
    [InlineData("meta_unreachable", false)]
    [InlineData("nearing_limit", true)] // a bisection that is interrupted starts over, and would never end
    public void A_batch_in_flight_stops_if_Meta_asks_for_it(string reason, bool may)
    {
        _state.SlowDown(reason, Noon.AddMinutes(1));
        _state.MaySend("7").Should().Be(may);

        _time.Advance(TimeSpan.FromMinutes(1));
        _state.MaySend("7").Should().BeTrue();
    }

    [Fact]
    public void The_last_success_before_a_restart_is_shown_until_there_is_a_newer_one()
    {
        _state.Restore(Noon.AddDays(-1), []);
        _state.Status.LastSuccess.Should().Be(Noon.AddDays(-1));

        _state.Succeeded();
        _state.Restore(Noon.AddDays(-1), []);
        _state.Status.LastSuccess.Should().Be(Noon);
    }

    private async Task<int> StartBatchesAsync(int most)
    {
        var started = 0;
        while (started < most && (await _state.AskAsync(default)).Kind == ClearanceKind.Send)
        {
            _state.BatchStarted();
            started++;
        }

        return started;
    }

    private void Succeed(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            _state.Succeeded();
            _state.BatchEnded();
        }
    }
}
