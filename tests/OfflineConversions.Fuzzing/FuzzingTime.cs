using Microsoft.Extensions.Time.Testing;

namespace OfflineConversions.Fuzzing;

/// <summary>The moment of every execution, so that an input has the same outcome on every day.</summary>
internal static class FuzzingTime
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A clock that does not move.</summary>
    public static FakeTimeProvider Stopped() => new(Now);
}
