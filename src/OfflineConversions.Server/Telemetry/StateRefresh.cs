using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Reads backlog and ledger at intervals for metrics that are sent; <c>/metrics</c> reads them whenever it is asked.
/// </summary>
internal sealed partial class StateRefresh(
    StateGauges gauges,
    DatabaseGauges database,
    ILedger ledger,
    TimeProvider time,
    ILogger<StateRefresh> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        await using var stopping = stoppingToken.Register(timer.Dispose); // ends the wait without an exception
        do
        {
            try
            {
                await gauges.RefreshAsync(ledger, stoppingToken);
                await database.RefreshAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Log.Failed(logger, failure);
            }
        } while (await timer.WaitForNextTickAsync(CancellationToken.None));
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 582,
            Level = LogLevel.Warning,
            Message = "The backlog could not be read for the metrics; it is read again in seconds"
        )]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
