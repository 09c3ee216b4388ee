using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class ProbeScheduleTests
{
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
    public void Where_a_probe_does_harm_it_is_rare(string reason)
    {
        var schedule = new ProbeSchedule(new DeliveryOptions());

        schedule.Wait(reason, TimeSpan.Zero).Should().Be(TimeSpan.FromMinutes(10));
        schedule.Wait(reason, TimeSpan.FromHours(4)).Should().Be(TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void An_operator_who_wants_them_rarer_gets_waits_that_grow_with_the_halt()
    {
        var schedule = new ProbeSchedule(
            new DeliveryOptions { ProbeBaseDelay = TimeSpan.FromMinutes(1), ProbeMaxDelay = TimeSpan.FromMinutes(15) }
        );

        schedule.Wait("token_invalid", TimeSpan.FromMinutes(4)).Should().Be(TimeSpan.FromMinutes(4));
        schedule.Wait("token_invalid", TimeSpan.FromHours(4)).Should().Be(TimeSpan.FromMinutes(15));
    }
}
