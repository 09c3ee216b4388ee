using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class ProbeScheduleTests
{
    [Theory]
    [InlineData("00:00:00", "00:00:45")]
    [InlineData("00:10:00", "00:00:45")]
    [InlineData("00:30:00", "00:02:00")]
    [InlineData("02:00:00", "00:08:00")]
    [InlineData("1.00:00:00", "00:15:00")]
    public void Probes_are_quick_while_a_halt_is_young_and_grow_rare_with_it(string halted, string wait) =>
        new ProbeSchedule(new DeliveryOptions()).Wait(TimeSpan.Parse(halted)).Should().Be(TimeSpan.Parse(wait));
}
