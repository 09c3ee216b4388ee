using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Delivery while the machine's clock jumps, forward or back.</summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Hours, forward and back.</summary>
    public static TheoryData<int> Jumps => [3, -3, 24, -24, 100 * 24, -100 * 24];

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task No_event_is_buried_because_the_clock_jumped(int hours)
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Then(Scripted.Error(2), Scripted.Error(2));
        harness.Store(3, expiresAt: harness.Time.GetUtcNow().AddHours(1));
        harness.Time.Jump(TimeSpan.FromHours(hours));

        await harness.RunUntilEmptyAsync();

        harness.Outbox.Failed.Should().BeEmpty();
        harness.Delivered().Should().Equal(0, 1, 2);
    }

    [Fact]
    public async Task A_clock_that_was_ahead_at_the_start_buries_nothing_once_it_is_right()
    {
        var time = new JumpingTime();
        time.Jump(TimeSpan.FromDays(100));
        await using var harness = await DeliveryHarness.CreateAsync(time: time);
        harness.Store(3, expiresAt: JumpingTime.Start.AddDays(6));
        time.Jump(-TimeSpan.FromDays(100));

        await harness.RunUntilEmptyAsync();

        harness.Outbox.Failed.Should().BeEmpty();
    }

    [Fact]
    public async Task An_event_whose_window_has_closed_by_both_clocks_is_buried()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Store(1, expiresAt: harness.Time.GetUtcNow().AddHours(-1));
        harness.Time.Jump(TimeSpan.FromDays(1));

        await harness.RunUntilEmptyAsync();

        harness.Outbox.Failed.Should().ContainSingle().Which.Burial.Reason.Should().Be("window_expired");
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_throttled_connection_sends_when_Meta_asked_for_it_whatever_the_clock_does(int hours)
    {
        await using var harness = await DeliveryHarness.CreateAsync(chance: 0);
        harness.Graph.Then(
            Scripted
                .Error(80004)
                .With("X-Business-Use-Case-Usage", """{"1":[{"call_count":100,"estimated_time_to_regain_access":9}]}""")
        );
        harness.Store(1);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Throttled);
        var throttled = harness.Time.GetTimestamp();
        harness.Time.Jump(TimeSpan.FromHours(hours));

        await harness.UntilEmptyAsync();

        harness
            .Time.GetElapsedTime(throttled)
            .Should()
            .BeGreaterThanOrEqualTo((9 * Minute) - TimeSpan.FromSeconds(1))
            .And.BeLessThan(10 * Minute);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_date_to_retry_at_is_read_by_the_clock_of_the_response(int hours)
    {
        await using var harness = await DeliveryHarness.CreateAsync(chance: 0);
        harness.Time.Jump(TimeSpan.FromHours(hours));
        harness.Graph.Then(
            Scripted
                .Error(4)
                .With("Date", "Sat, 21 Nov 2026 12:00:00 GMT")
                .With("Retry-After", "Sat, 21 Nov 2026 12:02:00 GMT")
        );
        harness.Store(1);

        await harness.RunUntilEmptyAsync();

        harness
            .Time.GetElapsedTime(JumpingTime.Start.UtcTicks)
            .Should()
            .BeGreaterThanOrEqualTo(2 * Minute)
            .And.BeLessThan(3 * Minute);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_halted_connection_is_probed_on_schedule_whatever_the_clock_does(int hours)
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Then(Scripted.Error(190));
        harness.Store(1);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted);
        var halted = harness.Time.GetTimestamp();
        harness.Time.Jump(TimeSpan.FromHours(hours));

        await harness.UntilEmptyAsync();

        harness
            .Time.GetElapsedTime(halted)
            .Should()
            .BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(29))
            .And.BeLessThan(Minute);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_retry_follows_after_its_wait_whatever_the_clock_does(int hours)
    {
        await using var harness = await DeliveryHarness.CreateAsync(chance: 1);
        harness.Graph.Then([.. Enumerable.Repeat(Scripted.Error(5000), 4)]);
        harness.Store(1);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Graph.Requests.Count > 0);
        var first = harness.Time.GetTimestamp();
        harness.Time.Jump(TimeSpan.FromHours(hours));

        await harness.UntilEmptyAsync();

        harness.Time.GetElapsedTime(first).Should().BeLessThan(Minute);
        harness.Outbox.Failed.Should().BeEmpty();
    }
}
