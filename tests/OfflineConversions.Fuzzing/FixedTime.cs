namespace OfflineConversions.Fuzzing;

/// <summary>A clock that does not move, so that an input has the same outcome on every day.</summary>
internal sealed class FixedTime : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
