using OfflineConversions.Server.Telemetry;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Telemetry;

public sealed class StateGaugesTests
{
    [Fact]
    public async Task Metrics_show_the_version_of_the_program()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var metrics = await service.Http.GetStringAsync("/metrics");

        metrics.Should().Contain($"offlineconversions_build_info{{version=\"{ProgramVersion.Text}\"}} 1\n");
    }

    [Fact]
    public async Task Every_configured_connection_has_a_backlog_and_a_state_before_its_first_event()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var metrics = await service.Http.GetStringAsync("/metrics");

        foreach (var connection in new[] { "mp", "seg", "rud", "com" })
        {
            metrics
                .Should()
                .Contain($"offlineconversions_backlog_events{{connection=\"{connection}\"}} 0\n")
                .And.Contain($"offlineconversions_connection_halted{{connection=\"{connection}\"}} 0\n");
        }
    }
}
