using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery.State;

/// <summary>
/// Where several processes share a store, keeps this one's memory of pauses and halts like the store's, so that each
/// gives the same answer and none sends what another has found out to be futile.
/// </summary>
internal sealed partial class StateFollower(
    ConnectionControl control,
    IConnectionStateStore store,
    TimeProvider time,
    ILogger<StateFollower> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!store.IsShared)
        {
            return;
        }

        var isFailing = false;
        using var timer = new PeriodicTimer(Interval, time);
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await control.FollowAsync(stoppingToken);
                isFailing = false;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (!isFailing)
                {
                    Log.Failed(logger, failure);
                }

                isFailing = true;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 325,
            Level = LogLevel.Warning,
            Message = "The pauses and halts of other replicas could not be read; they are read again every second"
        )]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
