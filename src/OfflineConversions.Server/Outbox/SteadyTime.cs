namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The service's own clock: the machine's clock at the start, moved on by the monotonic clock, so that it never jumps.
/// Everything that waits, ends after a while or has an age is measured by it. One instance serves the whole process,
/// because times of two of them cannot be compared.
/// <para>
/// If the machine's clock is set, this one continues as before until the next start. A difference of up to an hour, as
/// after a drift or a suspension, is made up slowly. Timestamps and timers are the machine's.
/// </para>
/// </summary>
internal sealed class SteadyTime : TimeProvider
{
    /// <summary>A longer difference from the machine's clock is a jump, and is not made up.</summary>
    private static readonly TimeSpan LongestDrift = TimeSpan.FromHours(1);

    /// <summary>One part in so many of the time that passes is added or left out to make up a difference.</summary>
    private const int Slowness = 100;

    /// <summary>How often the difference is looked at, and the most time that one look makes up for.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _machine;
    private readonly Lock _gate = new();
    private DateTimeOffset _lastLook;
    private long _lastLookAt;

    public SteadyTime(TimeProvider machine)
    {
        _machine = machine;
        (_lastLook, _lastLookAt) = (machine.GetUtcNow(), machine.GetTimestamp());
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => _machine.TimestampFrequency;

    /// <summary>How far the machine's clock is ahead of this one; negative if it is behind.</summary>
    public TimeSpan Difference => _machine.GetUtcNow() - GetUtcNow();

    /// <summary>
    /// The earlier of this clock and the machine's. What cannot be undone, such as giving up an event because its time
    /// is over, is done only when both clocks agree that the time has come.
    /// </summary>
    public DateTimeOffset EarlierNow
    {
        get
        {
            var (own, machine) = (GetUtcNow(), _machine.GetUtcNow());
            return machine < own ? machine : own;
        }
    }

    /// <summary>The clock itself, or a new one over a machine's clock.</summary>
    public static SteadyTime Over(TimeProvider time) => time as SteadyTime ?? new SteadyTime(time);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            var at = _machine.GetTimestamp();
            var passed = _machine.GetElapsedTime(_lastLookAt, at);
            if (passed < Shortest)
            {
                return _lastLook + passed;
            }

            (_lastLook, _lastLookAt) = (_lastLook + passed, at);
            _lastLook += MadeUp(_machine.GetUtcNow() - _lastLook, passed < Longest ? passed : Longest);
            return _lastLook;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => _machine.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _machine.CreateTimer(callback, state, dueTime, period);

    private static TimeSpan MadeUp(TimeSpan difference, TimeSpan passed)
    {
        var most = passed / Slowness;
        return difference.Duration() > LongestDrift ? TimeSpan.Zero
            : difference > most ? most
            : difference < -most ? -most
            : difference;
    }
}
