using Microsoft.Extensions.Time.Testing;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>
/// A clock that can be set, which changes neither timestamps nor timers. FakeTimeProvider cannot do that: its
/// timestamps follow its wall clock.
/// </summary>
internal sealed class AdjustableTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _difference;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _difference;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>Sets the wall clock, forward or back.</summary>
    public void Set(DateTimeOffset now) => _difference = now - base.GetUtcNow();
}
