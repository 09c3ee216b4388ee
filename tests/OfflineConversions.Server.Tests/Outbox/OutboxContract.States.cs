using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Pauses and halts.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task A_pause_survives_a_restart_and_keeps_its_first_time()
    {
        var since = Clock.GetUtcNow();
        await Outbox.SetPausedAsync("stores", true, default);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Outbox.SetPausedAsync("stores", true, default);
        await RestartAsync();

        (await Outbox.PausedAsync(default)).Should().Equal(new PausedConnection("stores", since));
        await Outbox.SetPausedAsync("stores", false, default);
        (await Outbox.PausedAsync(default)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_halt_survives_a_restart_with_its_reason_its_start_and_its_next_probe()
    {
        var since = Clock.GetUtcNow();
        (await Outbox.HaltAsync(new HaltScope("web"), "token_invalid", TimeSpan.FromMinutes(1), default))
            .IsNew.Should()
            .BeTrue();
        await Outbox.HaltAsync(new HaltScope("stores", "2"), "permission_denied", TimeSpan.FromMinutes(2), default);
        Clock.Advance(TimeSpan.FromSeconds(30));
        (await Outbox.HaltAsync(new HaltScope("web"), "unsupported_version", TimeSpan.FromMinutes(5), default))
            .Should()
            .Be(
                new HaltChange(
                    new Halt(new HaltScope("web"), "unsupported_version", since, since.AddSeconds(330)),
                    IsNew: false
                )
            );
        await RestartAsync();

        (await Outbox.HaltsAsync(default))
            .Should()
            .Equal(
                new Halt(new HaltScope("stores", "2"), "permission_denied", since, since.AddMinutes(2)),
                new Halt(new HaltScope("web"), "unsupported_version", since, since.AddSeconds(330))
            );
        (await Outbox.EndHaltAsync(new HaltScope("stores"), default)).Should().BeFalse("only its dataset is halted");
        (await Outbox.EndHaltAsync(new HaltScope("stores", "2"), default)).Should().BeTrue();
        (await Outbox.EndHaltAsync(new HaltScope("stores", "2"), default)).Should().BeFalse();
        (await Outbox.HaltsAsync(default)).Should().ContainSingle();
    }

    [Fact]
    public async Task One_caller_gets_the_probe_of_a_halt_once_its_time_has_come()
    {
        var scope = new HaltScope("stores", "1");
        await Outbox.HaltAsync(scope, "permission_denied", TimeSpan.FromMinutes(1), default);
        await Outbox.HaltAsync(new HaltScope("web"), "token_invalid", TimeSpan.FromMinutes(1), default);
        var patience = TimeSpan.FromSeconds(15);

        (await Outbox.TryProbeAsync(scope, patience, default)).Should().BeFalse("its time has not come");
        await Outbox.ProbeNowAsync("stores", default);
        (await Outbox.TryProbeAsync(scope, patience, default)).Should().BeTrue();
        (await Outbox.TryProbeAsync(scope, patience, default)).Should().BeFalse("another caller is probing");
        (await Outbox.TryProbeAsync(new HaltScope("web"), patience, default)).Should().BeFalse();
        (await Outbox.TryProbeAsync(new HaltScope("stores"), patience, default)).Should().BeFalse("it is not halted");
        Clock.Advance(patience);
        (await Outbox.TryProbeAsync(scope, patience, default)).Should().BeTrue("the first probe was lost");
    }

    [Fact]
    public async Task A_probe_that_was_claimed_before_a_restart_is_not_granted_again_before_its_time()
    {
        var scope = new HaltScope("stores");
        await Outbox.HaltAsync(scope, "token_invalid", TimeSpan.FromMinutes(1), default);
        Clock.Advance(TimeSpan.FromMinutes(1));
        (await Outbox.TryProbeAsync(scope, TimeSpan.FromSeconds(15), default)).Should().BeTrue();
        await RestartAsync();

        (await Outbox.TryProbeAsync(scope, TimeSpan.FromSeconds(15), default)).Should().BeFalse();
        Clock.Advance(TimeSpan.FromSeconds(15));
        (await Outbox.TryProbeAsync(scope, TimeSpan.FromSeconds(15), default)).Should().BeTrue();
    }

    [Fact]
    public async Task A_halt_or_pause_that_was_ended_stays_ended_after_a_restart()
    {
        await Outbox.HaltAsync(new HaltScope("stores"), "token_invalid", TimeSpan.FromMinutes(1), default);
        await Outbox.SetPausedAsync("web", true, default);
        await RestartAsync();
        (await Outbox.EndHaltAsync(new HaltScope("stores"), default)).Should().BeTrue();
        await Outbox.SetPausedAsync("web", false, default);
        await RestartAsync();

        (await Outbox.HaltsAsync(default)).Should().BeEmpty();
        (await Outbox.PausedAsync(default)).Should().BeEmpty();
        (await Outbox.HaltAsync(new HaltScope("stores"), "token_invalid", TimeSpan.FromMinutes(1), default))
            .IsNew.Should()
            .BeTrue();
    }

    [Theory]
    [InlineData(48)]
    [InlineData(-48)]
    public async Task Halts_and_pauses_survive_a_jump_of_the_clock_and_can_be_probed_now(int hours)
    {
        var scope = new HaltScope("stores", "1");
        await Outbox.HaltAsync(scope, "permission_denied", TimeSpan.FromMinutes(1), default);
        await Outbox.SetPausedAsync("web", true, default);
        Clock.Set(Clock.GetUtcNow().AddHours(hours));
        await RestartAsync();

        (await Outbox.HaltsAsync(default)).Should().ContainSingle().Which.Since.Should().Be(Some.Now);
        (await Outbox.PausedAsync(default)).Should().Equal(new PausedConnection("web", Some.Now));
        await Outbox.ProbeNowAsync("stores", default);
        (await Outbox.TryProbeAsync(scope, TimeSpan.FromSeconds(15), default)).Should().BeTrue();
    }
}
