using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Doctor;

/// <summary>
/// Asks Meta once a day, and first a few minutes after the start, about the token of each connection. The response also
/// shows which version of the Graph API Meta has used, even on connections without sales.
/// </summary>
internal sealed partial class DailyCheck(
    ConnectionRegistry connections,
    TokenLookup tokens,
    Jitter jitter,
    TimeProvider time,
    ILogger<DailyCheck> logger
) : BackgroundService
{
    /// <summary>The time between two checks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <summary>The shortest wait before the first check.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(1);

    /// <summary>The longest wait before the first check. Replicas that start together ask at different times.</summary>
    public static readonly TimeSpan LongestFirstWait = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = FirstWait + (jitter.Next() * (LongestFirstWait - FirstWait));
        while (await IsDueAsync(wait, stoppingToken))
        {
            foreach (var connection in connections.All)
            {
                await CheckAsync(connection, stoppingToken);
            }

            wait = Interval;
        }
    }

    /// <summary>Waits. A service that stops ends the wait without an exception.</summary>
    /// <returns>Whether the service still runs.</returns>
    private async Task<bool> IsDueAsync(TimeSpan wait, CancellationToken stopping)
    {
        await Task.WhenAny(Task.Delay(wait, time, stopping));
        return !stopping.IsCancellationRequested;
    }

    private async Task CheckAsync(Connection connection, CancellationToken stopping)
    {
        try
        {
            var finding = await tokens.LookUpAsync(connection, stopping);
            if (finding?.IsEnding(time.GetUtcNow()) == true)
            {
                Log.Ending(logger, connection.Name, finding.Message);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The service stops; the next start asks again.
        }
        catch (Exception failure)
        {
            Log.Failed(logger, connection.Name, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 572,
            Level = LogLevel.Warning,
            Message = "The token of connection {Connection} has ended or ends soon: {Finding}"
        )]
        public static partial void Ending(ILogger logger, string connection, string finding);

        [LoggerMessage(
            EventId = 573,
            Level = LogLevel.Error,
            Message = "The daily check of connection {Connection} failed; it is repeated tomorrow"
        )]
        public static partial void Failed(ILogger logger, string connection, Exception failure);
    }
}
