namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>A clock that moves only when told to, with the timers that hang on it.</summary>
internal sealed class Clock : TimeProvider
{
    private readonly List<Alarm> _alarms = [];
    private DateTimeOffset _now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by)
    {
        _now += by;
        Alarm[] alarms;
        lock (_alarms)
        {
            alarms = [.. _alarms];
        }

        foreach (var alarm in alarms)
        {
            alarm.Ring();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        lock (_alarms)
        {
            _alarms.Add(alarm);
        }

        return alarm;
    }

    private sealed class Alarm(Clock clock, Action callback) : ITimer
    {
        public void Ring() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (clock._alarms)
            {
                clock._alarms.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
