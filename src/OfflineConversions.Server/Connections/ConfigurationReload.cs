using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// Puts a changed configuration to work without a restart: connections, keys, limits and secrets. The whole of it must
/// be valid, else all of it is refused and what is at work stays.
/// </summary>
internal sealed partial class ConfigurationReload(
    ConfigurationFiles files,
    ConnectionRegistry registry,
    TimeProvider time,
    ILogger<ConfigurationReload> logger
) : BackgroundService
{
    private const int MostLines = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (known, before) = (files.FingerprintAtStart, string.Empty);
        using var timer = new PeriodicTimer(Interval, time);
        await using var stopping = stoppingToken.Register(timer.Dispose); // ends the wait without an exception
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var now = files.Fingerprint();
            // Seen twice the same: nobody is in the middle of writing it.
            if (now != known && now == before)
            {
                known = now = TryApply(now);
            }

            before = now;
        }
    }

    /// <summary>
    /// Whatever a file holds, and a mistake of ours in reading or compiling it, must not end a process that works well
    /// with what it has.
    /// </summary>
    /// <returns>The fingerprint of what was read.</returns>
    private string TryApply(string seen)
    {
        try
        {
            return Apply();
        }
        catch (Exception mistake)
        {
            LogMistake(mistake);
            return seen;
        }
    }

    private string Apply()
    {
        var (options, problems, fingerprint) = files.Read();
        if (problems.Count > 0)
        {
            Tell(LogRefused, [.. problems.Select(problem => problem.ToString())]);
        }
        else
        {
            PutToWork(options);
        }

        return fingerprint;
    }

    private void PutToWork(ServiceOptions options)
    {
        var before = registry.Current;
        var (exchanged, waiting) = SettingList.Of(options).Since(before.Settings);
        if (exchanged.Count > 0)
        {
            registry.Apply(new RuntimeSettings(options, before));
            Tell(LogApplied, exchanged);
        }

        if (waiting.Count > 0)
        {
            Tell(LogWaiting, waiting);
        }

        if (exchanged.Count + waiting.Count == 0)
        {
            LogUnchanged();
        }
    }

    private static void Tell(Action<string> log, IReadOnlyList<string> lines) =>
        log(string.Join("; ", lines.Take(MostLines)) + (lines.Count > MostLines ? "; …" : string.Empty));

    [LoggerMessage(
        EventId = 331,
        Level = LogLevel.Information,
        Message = "The changed configuration was put to work: {Changes}"
    )]
    private partial void LogApplied(string changes);

    [LoggerMessage(
        EventId = 332,
        Level = LogLevel.Error,
        Message = "The changed configuration was refused, what was at work stays: {Problems}"
    )]
    private partial void LogRefused(string problems);

    [LoggerMessage(
        EventId = 333,
        Level = LogLevel.Warning,
        Message = "These settings changed and need a restart: {Changes}"
    )]
    private partial void LogWaiting(string changes);

    [LoggerMessage(
        EventId = 336,
        Level = LogLevel.Error,
        Message = "The changed configuration could not be put to work, what was at work stays"
    )]
    private partial void LogMistake(Exception mistake);

    [LoggerMessage(
        EventId = 334,
        Level = LogLevel.Information,
        Message = "The configuration files changed, but no setting did"
    )]
    private partial void LogUnchanged();
}
