using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class UsageLimitTests
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(74.9, null)]
    [InlineData(75, 1.0)]
    [InlineData(87.5, 30.5)]
    [InlineData(100, 60.0)]
    [InlineData(250, 60.0)]
    public void From_three_quarters_of_the_limit_on_the_wait_grows_to_a_minute(double percent, double? seconds) =>
        (UsageLimit.Wait(percent)?.TotalSeconds).Should().Be(seconds);
}
