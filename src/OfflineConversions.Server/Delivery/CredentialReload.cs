using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Takes a changed access token, app secret or test event code from the configuration files without a restart, and lets a halted connection
/// probe at once. The whole configuration must be valid, else all of it is refused and what is at work stays. Other settings need a restart:
/// tables, keys and limits are compiled into what serves them.
/// </summary>
public sealed partial class CredentialReload(
    ConfigurationFiles files,
    ConnectionRegistry connections,
    ConnectionControl control,
    TimeProvider time,
    ILogger<CredentialReload> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (known, before) = (files.Fingerprint(), string.Empty);
        using var timer = new PeriodicTimer(Interval, time);
        await using var stopping = stoppingToken.Register(timer.Dispose); // ends the wait without an exception
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var now = files.Fingerprint();
            // Seen twice the same: nobody is in the middle of writing it.
            if (now != known && now == before)
            {
                known = now;
                await ApplyAsync(stoppingToken);
            }

            before = now;
        }
    }

    private async Task ApplyAsync(CancellationToken stopping)
    {
        var (options, problems) = files.Read();
        if (problems.Count > 0)
        {
            LogRefused(string.Join("; ", problems));
            return;
        }

        var changed = 0;
        foreach (var connection in connections.All)
        {
            if (options.Connections.GetValueOrDefault(connection.Name) is not { } settings)
                continue;
            var fresh = ConnectionCredentials.Of(settings);
            if (fresh.Match(connection.Credentials))
                continue;
            connection.Credentials = fresh;
            changed++;
            LogApplied(connection.Name);
            await ProbeAsync(connection.Name, stopping);
        }

        if (changed == 0)
            LogNothingToApply();
    }

    private async Task ProbeAsync(string connection, CancellationToken stopping)
    {
        try
        {
            await control.ProbeNowAsync(connection, insist: false, stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogNotProbed(failure, connection); // The usual probe finds out.
        }
    }

    [LoggerMessage(EventId = 331, Level = LogLevel.Information, Message = "Connection {Connection} got new credentials from the configuration")]
    private partial void LogApplied(string connection);

    [LoggerMessage(EventId = 332, Level = LogLevel.Error, Message = "The changed configuration was refused, what was at work stays: {Problems}")]
    private partial void LogRefused(string problems);

    [LoggerMessage(EventId = 333, Level = LogLevel.Warning, Message = "The configuration files changed, but no credentials of a known connection: everything else takes effect with a restart")]
    private partial void LogNothingToApply();

    [LoggerMessage(EventId = 334, Level = LogLevel.Warning, Message = "Connection {Connection} was not probed at once")]
    private partial void LogNotProbed(Exception failure, string connection);
}
