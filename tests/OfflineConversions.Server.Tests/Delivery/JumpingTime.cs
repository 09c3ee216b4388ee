using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>
/// A clock that jumps from timer to timer on request, so that hours of delivery pass in moments. FakeTimeProvider
/// cannot do that: it does not show when its next timer is due.
/// </summary>
internal sealed class JumpingTime : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = Start;
    private TimeSpan _difference;

    /// <summary>The service's clock over this one, from when it is first asked for.</summary>
    public SteadyTime Steady => field ??= new SteadyTime(this);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now + _difference;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _now.UtcTicks;
        }
    }

    /// <summary>Sets the wall clock, forward or back. Timestamps and timers do not follow.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate)
        {
            _difference += by;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next timer and fires it, unless that is a longer jump than allowed.</summary>
    public void JumpToNextTimer(TimeSpan? longest = null)
    {
        Timer? next;
        lock (_gate)
        {
            next = _timers.Where(timer => timer.Due is not null).MinBy(timer => timer.Due);
            if (next is null || next.Due - _now > longest)
            {
                return;
            }

            _now = next.Due > _now ? next.Due.Value : _now;
            next.Due = next.Period > TimeSpan.Zero ? _now + next.Period : null;
        }

        next.Fire();
    }

    private sealed class Timer(JumpingTime time, Action fire) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                Period = period;
                Due = dueTime < TimeSpan.Zero ? null : time._now + dueTime;
                if (!time._timers.Contains(this))
                {
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
