namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// Who has which chunk. In memory: a process that dies takes its leases with it, and the lock file keeps other
/// processes out. One reader claims at a time, from a snapshot of the table; a lease that ends meanwhile stays barred
/// from that reader, whose snapshot still shows the chunk as it was.
/// </summary>
internal sealed class Leases
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, bool> _held = [];
    private readonly HashSet<long> _endedSinceSnapshot = [];
    private bool _reading;

    /// <summary>To be called before the snapshot is taken.</summary>
    public void BeginReading()
    {
        lock (_gate)
        {
            _reading = true;
        }
    }

    public void EndReading()
    {
        lock (_gate)
        {
            _reading = false;
            _endedSinceSnapshot.Clear();
        }
    }

    public bool IsFree(long id)
    {
        lock (_gate)
        {
            return !_held.ContainsKey(id) && !_endedSinceSnapshot.Contains(id);
        }
    }

    public bool IsHeld(long id)
    {
        lock (_gate)
        {
            return _held.ContainsKey(id);
        }
    }

    public void Claim(long id)
    {
        lock (_gate)
        {
            _held.Add(id, false);
        }
    }

    /// <summary>Marks the lease as about to end; false where there is none, or it is ending already.</summary>
    public bool TryEnd(long id)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(id, out var ending) || ending)
            {
                return false;
            }

            _held[id] = true;
            return true;
        }
    }

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
}
