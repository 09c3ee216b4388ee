using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Reports when the machine's clock jumps. The service continues with its own clock until the next start, so an
/// operator has to decide which of the two is right.
/// </summary>
internal sealed partial class ClockWatch(SteadyTime time, ILogger<ClockWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WorthReporting = TimeSpan.FromMinutes(1);

    private TimeSpan _reported;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        await using var stopping = stoppingToken.Register(timer.Dispose); // ends the wait without an exception
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            Look();
        }
    }

    private void Look()
    {
        var difference = time.Difference;
        if ((difference - _reported).Duration() < WorthReporting)
        {
            return;
        }

        if (difference.Duration() >= WorthReporting)
        {
            _reported = difference;
            Log.Jumped(logger, (long)difference.TotalSeconds);
        }
        else
        {
            _reported = TimeSpan.Zero;
            Log.Agrees(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 511,
            Level = LogLevel.Warning,
            Message = "The machine's clock differs by {Seconds} seconds from the service's own, which continued. "
                + "Correct the machine's clock, or restart the service if it is right now"
        )]
        public static partial void Jumped(ILogger logger, long seconds);

        [LoggerMessage(
            EventId = 512,
            Level = LogLevel.Information,
            Message = "The machine's clock agrees with the service's own again"
        )]
        public static partial void Agrees(ILogger logger);
    }
}
