using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Telemetry;

public sealed class ConsoleLogTests
{
    [Fact]
    public async Task The_configured_level_decides_what_is_logged()
    {
        await using var service = await ServiceUnderTest.StartAsync(); // Logging:LogLevel:Default is Error there

        var logger = service.Services.GetRequiredService<ILogger<ConsoleLogTests>>();

        logger.IsEnabled(LogLevel.Warning).Should().BeFalse();
        logger.IsEnabled(LogLevel.Error).Should().BeTrue();
    }
}
