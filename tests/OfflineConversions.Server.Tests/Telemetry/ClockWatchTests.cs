using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Telemetry;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Telemetry;

public sealed class ClockWatchTests
{
    private readonly AdjustableTime _machine = new(Some.Now);

    [Theory]
    [InlineData(24, 86400)]
    [InlineData(-24, -86400)]
    [InlineData(2400, 8640000)]
    public async Task A_jump_of_the_clock_and_its_correction_are_reported_once_each(int hours, long seconds)
    {
        using var log = new CapturedLog();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        using var watch = new ClockWatch(new SteadyTime(_machine), factory.CreateLogger<ClockWatch>());
        await watch.StartAsync(default);

        _machine.Set(_machine.GetUtcNow().AddHours(hours));
        await UntilAsync(log, 1);
        await LookTwiceAsync();
        _machine.Set(_machine.GetUtcNow().AddHours(-hours));
        await UntilAsync(log, 2);
        await LookTwiceAsync();

        log.Lines.Should().HaveCount(2);
        log.Lines[0].Level.Should().Be(LogLevel.Warning);
        log.Lines[0].Text.Should().Contain($"differs by {seconds} seconds");
        log.Lines[1].Text.Should().Contain("agrees");
        await watch.StopAsync(default);
    }

    private async Task LookTwiceAsync()
    {
        for (var look = 0; look < 2; look++)
        {
            _machine.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(10);
        }
    }

    private async Task UntilAsync(CapturedLog log, int lines)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (log.Lines.Count < lines)
        {
            _machine.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(5, patience.Token);
        }
    }
}
