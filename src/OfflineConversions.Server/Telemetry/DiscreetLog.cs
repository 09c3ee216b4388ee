namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// What stands between every logger and what it writes to, where no setting reaches. The framework's lines about a
/// request hold its address, with a
/// <c>?token=</c> in it, its headers, and what is wrong with them, word for word; so of these nothing below a warning
/// is written, whatever
/// <c>Logging:LogLevel</c> says. Exceptions are told by <see cref="DiscreetException"/>, and scopes, which hold the
/// path, are not kept.
/// </summary>
[ProviderAlias("Serilog")] // the name under which Logging:Serilog:LogLevel speaks of it
internal sealed class DiscreetLog(ILoggerProvider inner) : ILoggerProvider
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
                var told = exception is null ? null : new DiscreetException(exception);
                inner.Log(logLevel, eventId, state, told, formatter);
            }
        }
    }
}
