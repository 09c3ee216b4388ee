using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// Applies a changed configuration without a restart: connections, keys, limits and secrets. A configuration with any
/// problem is rejected as a whole, and the current one stays in use.
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
            // Two equal fingerprints in a row mean that no one is in the middle of writing a file.
            if (now != known && now == before)
            {
                known = now = TryApply(now);
            }

            before = now;
        }
    }

    /// <summary>
    /// Reads and applies the files. Neither their content nor a bug in reading or compiling them may end a process that
    /// works with its current configuration.
    /// </summary>
    /// <returns>The fingerprint of the files that were read.</returns>
    private string TryApply(string seen)
    {
        try
        {
            var (options, problems, fingerprint) = files.Read();
            if (problems.Count > 0)
            {
                Log.Rejected(logger, Line([.. problems.Select(problem => problem.ToString())]));
            }
            else
            {
                Apply(options);
            }

            return fingerprint;
        }
        catch (Exception bug)
        {
            Log.Failed(logger, bug);
            return seen;
        }
    }

    private void Apply(ServiceOptions options)
    {
        var current = registry.Current;
        var changes = SettingList.Of(options).ChangesSince(current.Settings);
        if (changes.Applicable.Count > 0)
        {
            registry.Apply(RuntimeSettings.From(options, current));
            Log.Applied(logger, Line(changes.Applicable));
        }

        if (changes.NeedRestart.Count > 0)
        {
            Log.NeedRestart(logger, Line(changes.NeedRestart));
        }

        if (changes.Applicable.Count + changes.NeedRestart.Count == 0)
        {
            Log.Unchanged(logger);
        }
    }

    private static string Line(IReadOnlyList<string> lines) =>
        string.Join("; ", lines.Take(MostLines)) + (lines.Count > MostLines ? "; …" : string.Empty);

    private static partial class Log
    {
        [LoggerMessage(331, LogLevel.Information, "Applied the changed configuration: {Changes}")]
        public static partial void Applied(ILogger logger, string changes);

        [LoggerMessage(332, LogLevel.Error, "Rejected the changed configuration and kept the current one: {Problems}")]
        public static partial void Rejected(ILogger logger, string problems);

        [LoggerMessage(333, LogLevel.Warning, "These settings changed and need a restart: {Changes}")]
        public static partial void NeedRestart(ILogger logger, string changes);

        [LoggerMessage(334, LogLevel.Information, "The configuration files changed, but no setting did")]
        public static partial void Unchanged(ILogger logger);

        [LoggerMessage(
            336,
            LogLevel.Error,
            "Failed to apply the changed configuration and kept the current one. This is a bug"
        )]
        public static partial void Failed(ILogger logger, Exception bug);
    }
}
