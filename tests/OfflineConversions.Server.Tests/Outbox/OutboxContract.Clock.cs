using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Jumps of the machine's clock, while the service runs and while it is stopped.</summary>
public abstract partial class OutboxContract
{
    /// <summary>Hours, forward and back.</summary>
    public static TheoryData<int> Jumps => [3, -3, 24, -24, 100 * 24, -100 * 24];

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_jump_neither_prolongs_nor_ends_a_wait(int hours)
    {
        await Append(Some.Entry("a"));
        await Settle(ChunkSettlement.Deferred((await Lease()).Single(), Clock.GetUtcNow().AddMinutes(15)));
        Jump(hours);

        Clock.Advance(TimeSpan.FromMinutes(14));
        (await Lease()).Should().BeEmpty();
        Clock.Advance(TimeSpan.FromMinutes(1));
        (await Lease()).Should().ContainSingle();
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_jump_and_its_correction_neither_prolong_nor_end_a_deduplication_window(int hours)
    {
        await Append(Some.Entry("a", window: Hour));
        Jump(hours);
        (await Append(Some.Entry("a", window: Hour), Some.Entry("b", window: Hour))).Stored.Should().Equal(false, true);
        Clock.Advance(TimeSpan.FromMinutes(30));
        Jump(-hours);
        (await Append(Some.Entry("a", window: Hour), Some.Entry("b", window: Hour)))
            .Stored.Should()
            .Equal(false, false);

        Clock.Advance(TimeSpan.FromMinutes(30));

        (await Append(Some.Entry("a", window: Hour), Some.Entry("b", window: Hour))).Stored.Should().Equal(true, true);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_jump_does_not_change_how_old_events_are(int hours)
    {
        await Append(Some.Entry("a"));
        Jump(hours);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Append(Some.Entry("b"));

        var chunks = await Lease();

        (chunks[1].CreatedAt - chunks[0].CreatedAt).Should().Be(TimeSpan.FromMinutes(1));
        chunks[0].Texts().Should().Equal("""{"n":"a"}""");
        (await Outbox.BacklogAsync(default)).Single().OldestCreatedAt.Should().Be(Some.Now);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_jump_neither_hastens_nor_delays_the_probe_of_a_halt(int hours)
    {
        var scope = new HaltScope("stores");
        await Outbox.HaltAsync(scope, "token_invalid", TimeSpan.FromMinutes(1), default);
        Jump(hours);

        (await Outbox.TryProbeAsync(scope, Hour, default)).Should().BeFalse();
        Clock.Advance(TimeSpan.FromMinutes(1));
        (await Outbox.TryProbeAsync(scope, Hour, default)).Should().BeTrue();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(24)]
    [InlineData(100 * 24)]
    public async Task After_a_start_with_the_clock_behind_nothing_waits_longer_than_any_schedule(int hours)
    {
        var scope = new HaltScope("stores");
        await Append(Some.Entry("late"), Some.Entry("soon", dataset: "2"));
        await Settle(ChunkSettlement.Deferred((await Lease()).Single(), Clock.GetUtcNow().AddMinutes(15)));
        await Outbox.HaltAsync(scope, "token_invalid", TimeSpan.FromMinutes(15), default);
        Jump(-hours);
        await RestartAsync();

        (await Outbox.TryProbeAsync(scope, Hour, default)).Should().BeTrue();
        (await Lease()).Concat(await Lease()).Texts().Should().BeEquivalentTo("""{"n":"late"}""", """{"n":"soon"}""");
        Clock.Advance(TimeSpan.FromMinutes(2));
        (await Outbox.BacklogAsync(default))
            .Single()
            .OldestCreatedAt.Should()
            .Be(Clock.GetUtcNow().AddMinutes(-2), "their age counts from the start");
    }

    [Fact]
    public async Task After_a_start_a_wait_that_a_schedule_allows_is_kept()
    {
        await Append(Some.Entry("a"));
        await Settle(ChunkSettlement.Deferred((await Lease()).Single(), Clock.GetUtcNow() + LongestWait));
        await RestartAsync();

        (await Lease()).Should().BeEmpty();
        Clock.Advance(LongestWait);
        (await Lease()).Should().ContainSingle();
    }

    private void Jump(int hours) => Clock.Set(Clock.GetUtcNow().AddHours(hours));
}
