namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Wraps the log provider, and no setting bypasses it. The framework's messages about a request contain its address
/// (with <c>?token=</c>), its headers, and quotes of what is wrong with them, so none below a warning is written,
/// whatever <c>Logging:LogLevel</c> is. Exceptions are written as <see cref="DiscreetException"/>. Scopes, which
/// contain the path, are dropped.
/// </summary>
[ProviderAlias("Serilog")] // so that Logging:Serilog:LogLevel applies to it
internal sealed class RedactingLog(ILoggerProvider inner) : ILoggerProvider
{
    private static readonly string[] AboutRequests = ["Microsoft.AspNetCore", "System.Net"];

    public ILogger CreateLogger(string categoryName)
    {
        var aboutRequests = Array.Exists(AboutRequests, start =>
            categoryName.StartsWith(start, StringComparison.OrdinalIgnoreCase)
        );
        return new Logger(inner.CreateLogger(categoryName), aboutRequests ? LogLevel.Warning : LogLevel.Trace);
    }

    public void Dispose() => inner.Dispose();

    private sealed class Logger(ILogger inner, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                var discreet = exception is null ? null : new DiscreetException(exception);
                inner.Log(logLevel, eventId, state, discreet, formatter);
            }
        }
    }
}
