using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Telemetry;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Telemetry;

public sealed class StateGaugesTests
{
    [Theory]
    [InlineData(24)]
    [InlineData(-24)]
    [InlineData(2400)]
    [InlineData(-2400)]
    public async Task The_age_of_the_oldest_event_stays_right_when_the_clock_jumps(int hours)
    {
        var machine = new AdjustableTime(Some.Now);
        var time = new SteadyTime(machine);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var instruments = new Instruments(meters);
        await using var outbox = new InMemoryOutbox(time);
        var gauges = new StateGauges(
            meters,
            new ConnectionRegistry(RuntimeSettings.From(new ServiceOptions())),
            new ConnectionStates(
                outbox,
                new ProbeSchedule(new DeliveryOptions()),
                time,
                NullLogger<ConnectionStates>.Instance
            ),
            outbox,
            time
        );
        await outbox.AppendAsync([Some.Entry("a")], default);
        machine.Set(machine.GetUtcNow().AddHours(hours));
        machine.Advance(TimeSpan.FromSeconds(90));

        await gauges.RefreshAsync(outbox, default);
        var values = instruments.Read();

        values["offlineconversions.backlog.oldest stores"].Should().Be(90);
        values["offlineconversions.clock.difference"].Should().Be(hours * 3600);
    }

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
                .And.Contain($"offlineconversions_connection_halted{{connection=\"{connection}\"}} 0\n")
                .And.Contain($"offlineconversions_failed_events{{connection=\"{connection}\"}} 0\n");
        }
    }
}
