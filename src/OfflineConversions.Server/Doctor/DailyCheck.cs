using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Doctor;

/// <summary>
/// Asks Meta once a day, and first a few minutes after the start, about the token of each connection. The response also
/// shows which version of the Graph API Meta has used, even on connections without sales. Of several replicas one asks,
/// and the others learn what Meta said.
/// </summary>
internal sealed partial class DailyCheck(
    ConnectionRegistry connections,
    TokenLookup tokens,
    LeasedTask task,
    SharedFindings shared,
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

    /// <summary>How often a replica looks whether it is time, and what others have found.</summary>
    public static readonly TimeSpan SharedInterval = TimeSpan.FromMinutes(1);

    private const string TaskName = "daily check";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = FirstWait + (jitter.Next() * (LongestFirstWait - FirstWait));
        while (await IsDueAsync(wait, stoppingToken))
        {
            wait = await RoundAsync(stoppingToken);
        }
    }

    /// <returns>How long to wait for the next round.</returns>
    private async Task<TimeSpan> RoundAsync(CancellationToken stopping)
    {
        var isAlone = false;
        try
        {
            await task.TryAsync(
                TaskName,
                async (lease, current) =>
                {
                    isAlone = !lease.IsShared;
                    if (isAlone || await IsTimeAsync(current))
                    {
                        await CheckAllAsync(current);
                        await shared.NoteCheckAsync(current);
                    }
                },
                stopping
            );
            await shared.FollowAsync(connections, stopping);
        }
        catch (OutboxUnavailableException)
        {
            // The log says so, and the next round is soon.
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The service stops; the next start asks again.
        }

        return isAlone ? Interval : SharedInterval;
    }

    private async Task<bool> IsTimeAsync(CancellationToken stopping) =>
        await shared.LastCheckAsync(stopping) is not { } last || time.GetUtcNow() - last >= Interval;

    private async Task CheckAllAsync(CancellationToken stopping)
    {
        foreach (var connection in connections.All)
        {
            await CheckAsync(connection, stopping);
        }

        stopping.ThrowIfCancellationRequested();
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
            // The service stops, or another replica goes on.
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
