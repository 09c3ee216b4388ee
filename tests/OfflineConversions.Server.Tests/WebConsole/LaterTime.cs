using System.Diagnostics;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>The machine's clock, ahead by what a test says. Its timers run as usual.</summary>
internal sealed class LaterTime : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    public override long GetTimestamp() => Stopwatch.GetElapsedTime(0, base.GetTimestamp()).Ticks + Ahead.Ticks;
}
