using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class RetryScheduleTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(9, 512)]
    [InlineData(10, 900)]
    [InlineData(int.MaxValue, 900)]
    public void The_longest_wait_doubles_with_each_attempt_up_to_the_limit(int attempts, int seconds)
    {
        Schedule(chance: 1).Wait(attempts).Should().Be(TimeSpan.FromSeconds(seconds));
        Schedule(chance: 0.25).Wait(attempts).Should().Be(TimeSpan.FromSeconds(seconds * 0.25));
        Schedule(chance: 0).Wait(attempts).Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void No_attempt_is_made_before_the_time_the_server_gave(double chance) =>
        Schedule(chance)
            .Wait(3, TimeSpan.FromHours(1))
            .Should()
            .Be(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(8 * chance));

    private static RetrySchedule Schedule(double chance) =>
        new(new DeliveryOptions(), new Jitter(new FixedRandom(chance)));
}
