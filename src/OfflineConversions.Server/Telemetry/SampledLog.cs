using System.Collections.Concurrent;
using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Wraps a log provider, so that trouble that lasts for hours does not fill the disk: of a warning, an error or a
/// failed attempt that repeats, the first ten lines of ten minutes are written, then one every ten minutes, each with
/// the number of lines left out. Lines are alike if they have the same category, event id and connection.
/// </summary>
internal sealed partial class SampledLog(ILoggerProvider inner, TimeProvider time) : ILoggerProvider
{
    /// <summary>How many lines are written before the sampling begins.</summary>
    public const int Burst = 10;

    /// <summary>The longest silence about trouble that lasts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    public ILogger CreateLogger(string categoryName) => new Logger(inner.CreateLogger(categoryName), time);

    public void Dispose() => inner.Dispose();

    private sealed class Logger(ILogger inner, TimeProvider time) : ILogger
    {
        // Connections come from the configuration and event ids from the code, so the number of entries is bounded.
        private readonly ConcurrentDictionary<Kind, Repeats> _repeats = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (logLevel >= LogLevel.Warning || eventId.Id == BatchReport.NothingAccepted)
            {
                var repeats = _repeats.GetOrAdd(new Kind(eventId.Id, ConnectionOf(state)), static _ => new Repeats());
                if (!repeats.Admit(time.GetUtcNow(), out var leftOut))
                {
                    return;
                }

                if (leftOut > 0)
                {
                    SampledLog.Log.LeftOut(inner, leftOut, eventId.Id);
                }
            }

            inner.Log(logLevel, eventId, state, exception, formatter);
        }

        private static string? ConnectionOf<TState>(TState state)
        {
            if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                for (var i = 0; i < values.Count; i++)
                {
                    if (values[i] is { Key: "Connection", Value: string connection })
                    {
                        return connection;
                    }
                }
            }

            return null;
        }
    }

    private readonly record struct Kind(int EventId, string? Connection);

    private sealed class Repeats
    {
        private readonly Lock _gate = new();
        private DateTimeOffset _windowEnds;
        private int _written;
        private long _leftOut;

        public bool Admit(DateTimeOffset now, out long leftOut)
        {
            lock (_gate)
            {
                leftOut = 0;
                if (now >= _windowEnds)
                {
                    // Trouble that filled the last window goes on with one line for each interval.
                    var lasts = _leftOut > 0;
                    (leftOut, _leftOut) = (_leftOut, 0);
                    _windowEnds = now + Interval;
                    _written = lasts ? Burst : 1;
                    return true;
                }

                if (_written < Burst)
                {
                    _written++;
                    return true;
                }

                if (_leftOut++ == 0)
                {
                    _windowEnds = now + Interval;
                }

                return false;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 581,
            Level = LogLevel.Warning,
            Message = "Left out {Count} lines like the next one, with event id {Event}"
        )]
        public static partial void LeftOut(ILogger logger, long count, int @event);
    }
}
