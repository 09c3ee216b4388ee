using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Delivery.State;

/// <summary>Pauses and halts that another process on the same store begins and ends.</summary>
public sealed class FollowedStateTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly InMemoryOutbox _store;
    private readonly ConnectionStates _states;
    private readonly ConnectionControl _control;

    public FollowedStateTests()
    {
        var time = new SteadyTime(new AdjustableTime(Some.Now));
        _store = new InMemoryOutbox(time) { IsShared = true };
        _states = new ConnectionStates(
            _store,
            new ProbeSchedule(new DeliveryOptions()),
            time,
            NullLogger<ConnectionStates>.Instance
        );
        _control = new ConnectionControl(_store, _store, _store, _states, NullLogger<ConnectionControl>.Instance);
    }

    private ConnectionStatus Status => _states.Of("stores").Status;

    [Fact]
    public async Task A_pause_or_halt_of_another_process_is_followed_and_so_is_its_end()
    {
        Status.Condition.Should().Be(Condition.Active);

        await _store.SetPausedAsync("stores", true, default);
        await _store.HaltAsync(new HaltScope("stores"), "token_invalid", Minute, default);
        await _control.FollowAsync(default);
        (Status.Condition, Status.IsHalted).Should().Be((Condition.Paused, true));
        _states.Of("stores").MaySend("1").Should().BeFalse();

        await _store.SetPausedAsync("stores", false, default);
        await _store.EndHaltAsync(new HaltScope("stores"), default);
        var changed = _states.Of("stores").Changed;
        await _control.FollowAsync(default);
        (Status.Condition, Status.IsHalted).Should().Be((Condition.Active, false));
        changed.IsCompleted.Should().BeTrue("what waits may be sent");
    }

    [Fact]
    public async Task The_next_probe_of_another_process_is_followed()
    {
        var scope = new HaltScope("stores", "1");
        await _states.Of("stores").HaltAsync(scope, "permission_denied", default);
        await _store.HaltAsync(scope, "unsupported_version", TimeSpan.FromMinutes(9), default);

        await _control.FollowAsync(default);

        _states.Of("stores").Halts.Find(scope).Should().Be((await _store.HaltsAsync(default)).Single());
    }

    [Fact]
    public async Task What_this_process_changes_while_the_store_is_read_is_kept()
    {
        var halts = _states.Of("stores").Halts;
        var (before, stored) = (halts.Changes, await _store.HaltsAsync(default));
        await halts.HaltAsync(new HaltScope("stores"), "token_invalid", default);

        halts.Follow([.. stored], before);

        halts.Foremost.Should().NotBeNull();
    }

    [Fact]
    public async Task Where_no_other_process_uses_the_store_memory_decides()
    {
        _store.IsShared = false;
        _states.Of("stores");
        await _store.SetPausedAsync("stores", true, default);

        await _control.FollowAsync(default);

        Status.Condition.Should().Be(Condition.Active);
    }
}
