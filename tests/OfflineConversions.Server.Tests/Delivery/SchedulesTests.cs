using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class SchedulesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(9, 512)]
    [InlineData(10, 900)]
    [InlineData(int.MaxValue, 900)]
    public void The_longest_retry_wait_doubles_with_each_attempt_up_to_the_limit(int attempts, int seconds)
    {
        Retries(chance: 1).Wait(attempts).Should().Be(TimeSpan.FromSeconds(seconds));
        Retries(chance: 0.25).Wait(attempts).Should().Be(TimeSpan.FromSeconds(seconds * 0.25));
        Retries(chance: 0).Wait(attempts).Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void No_attempt_is_made_before_the_time_that_the_server_asked_for(double chance) =>
        Retries(chance)
            .Wait(3, TimeSpan.FromHours(1))
            .Should()
            .Be(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(8 * chance));

    [Theory]
    [InlineData("00:00:00", "00:00:30")]
    [InlineData("00:00:30", "00:00:30")]
    [InlineData("00:00:40", "00:00:40")]
    [InlineData("00:10:00", "00:00:45")]
    [InlineData("1.00:00:00", "00:00:45")]
    public void Probes_are_quick_while_a_halt_is_young_and_never_more_than_a_minute_apart(string halted, string wait) =>
        new ProbeSchedule(new DeliveryOptions())
            .Wait("token_invalid", TimeSpan.Parse(halted))
            .Should()
            .Be(TimeSpan.Parse(wait));

    [Theory]
    [InlineData("blocked_for_policy")]
    [InlineData("too_many_refused")]
    public void Probes_that_do_harm_are_rare(string reason)
    {
        var schedule = new ProbeSchedule(new DeliveryOptions());

        schedule.Wait(reason, TimeSpan.Zero).Should().Be(TimeSpan.FromMinutes(10));
        schedule.Wait(reason, TimeSpan.FromHours(4)).Should().Be(TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void With_a_longer_limit_the_waits_between_probes_grow_with_the_halt()
    {
        var schedule = new ProbeSchedule(
            new DeliveryOptions { ProbeBaseDelay = TimeSpan.FromMinutes(1), ProbeMaxDelay = TimeSpan.FromMinutes(15) }
        );

        schedule.Wait("token_invalid", TimeSpan.FromMinutes(4)).Should().Be(TimeSpan.FromMinutes(4));
        schedule.Wait("token_invalid", TimeSpan.FromHours(4)).Should().Be(TimeSpan.FromMinutes(15));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(74.9, null)]
    [InlineData(75, 1.0)]
    [InlineData(87.5, 30.5)]
    [InlineData(100, 60.0)]
    [InlineData(250, 60.0)]
    public void From_75_percent_of_Metas_limit_on_the_wait_grows_to_a_minute(double percent, double? seconds) =>
        (UsageSchedule.Wait(percent)?.TotalSeconds).Should().Be(seconds);

    private static RetrySchedule Retries(double chance) =>
        new(new DeliveryOptions(), new Jitter(new FixedRandom(chance)));
}
