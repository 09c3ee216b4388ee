namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// Which chunks are leased, until when and under which token. In memory: the lock file keeps other processes out, and a
/// restart frees every lease. Ends are measured by the monotonic clock, so a jump of the wall clock neither frees nor
/// prolongs a lease.
/// <para>
/// One reader claims at a time, from a snapshot of the table. A lease that is settled meanwhile stays barred from that
/// reader, because its snapshot still shows the chunk as it was before.
/// </para>
/// </summary>
internal sealed class Leases(TimeProvider time, TimeSpan duration)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Holding> _held = [];
    private readonly HashSet<long> _endedSinceSnapshot = [];
    private long _lastToken;
    private bool _reading;

    /// <summary>How long a lease lasts.</summary>
    public TimeSpan Duration => duration;

    /// <summary>Must be called before the snapshot is taken.</summary>
    public void BeginReading()
    {
        lock (_gate)
        {
            _reading = true;
        }
    }

    /// <summary>The snapshot is released.</summary>
    public void EndReading()
    {
        lock (_gate)
        {
            _reading = false;
            _endedSinceSnapshot.Clear();
        }
    }

    /// <summary>Whether the reader may claim the chunk.</summary>
    public bool IsFree(long id)
    {
        lock (_gate)
        {
            return !IsTaken(id) && !_endedSinceSnapshot.Contains(id);
        }
    }

    /// <summary>Whether someone has the chunk, or a settlement of it is on its way to disk.</summary>
    public bool IsHeld(long id)
    {
        lock (_gate)
        {
            return IsTaken(id);
        }
    }

    /// <summary>Leases a free chunk.</summary>
    public Lease Claim(long id)
    {
        lock (_gate)
        {
            var token = ++_lastToken;
            _held[id] = new Holding(token, time.GetTimestamp(), State.Leased);
            return new Lease(token, time.GetUtcNow() + duration);
        }
    }

    /// <summary>Keeps a chunk from being leased until the process ends.</summary>
    public void Bar(long id)
    {
        lock (_gate)
        {
            _held[id] = new Holding(++_lastToken, 0, State.Barred);
        }
    }

    /// <summary>Extends a lease from now; <see langword="null"/> if the token is not current.</summary>
    public Lease? Renew(long id, long token)
    {
        lock (_gate)
        {
            if (!IsCurrent(id, token))
            {
                return null;
            }

            _held[id] = new Holding(token, time.GetTimestamp(), State.Leased);
            return new Lease(token, time.GetUtcNow() + duration);
        }
    }

    /// <summary>
    /// Marks a lease as being settled: it no longer ends by time. False if the token is not current, or it is being
    /// settled already.
    /// </summary>
    public bool TryEnd(long id, long token)
    {
        lock (_gate)
        {
            if (!IsCurrent(id, token))
            {
                return false;
            }

            _held[id] = _held[id] with { State = State.Settling };
            return true;
        }
    }

    /// <summary>The settlement is over: the chunk is free if it still exists.</summary>
    public void Release(long id)
    {
        lock (_gate)
        {
            _held.Remove(id);
            if (_reading)
            {
                _endedSinceSnapshot.Add(id);
            }
        }
    }

    private bool IsCurrent(long id, long token) =>
        _held.TryGetValue(id, out var holding) && holding.State == State.Leased && holding.Token == token;

    private bool IsTaken(long id) =>
        _held.TryGetValue(id, out var holding)
        && (holding.State != State.Leased || time.GetElapsedTime(holding.Since) < duration);

    private enum State
    {
        Leased,
        Settling,
        Barred,
    }

    private readonly record struct Holding(long Token, long Since, State State);
}
