using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>One line that was logged, with its exception appended.</summary>
internal sealed record LogLine(LogLevel Level, string Text);

/// <summary>Keeps everything that is logged.</summary>
internal sealed class CapturedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    /// <summary>The logger of a type that takes one.</summary>
    public ILogger<T> For<T>() => new Logger<T>(new LoggerFactory([this]));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _lines.Enqueue(new LogLine(logLevel, formatter(state, exception) + exception));

    public void Dispose() { }
}
