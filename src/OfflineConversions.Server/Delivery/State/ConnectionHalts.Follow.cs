using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery.State;

/// <summary>Halts that other processes on the same store begin, postpone and end.</summary>
internal sealed partial class ConnectionHalts
{
    private long _changes;
    private int _writing;

    /// <summary>Grows with each change that this process makes.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>
    /// Takes over what other processes have halted, ended or postponed. Nothing, if this process has changed anything
    /// since the store was read: it will be asked again.
    /// </summary>
    /// <param name="stored">The halts of this connection in the store.</param>
    /// <param name="changes"><see cref="Changes"/> from before the store was read.</param>
    public void Follow(IReadOnlyCollection<Halt> stored, long changes)
    {
        var mayMore = false;
        lock (_gate)
        {
            if (Volatile.Read(ref _writing) > 0 || Changes != changes)
            {
                return;
            }

            foreach (var gone in _halts.Keys.Except(stored.Select(halt => halt.Scope)).ToArray())
            {
                mayMore |= _halts.Remove(gone);
            }

            foreach (var halt in stored)
            {
                mayMore |= _halts.TryGetValue(halt.Scope, out var own) && halt.ProbeAt < own.ProbeAt;
                _halts[halt.Scope] = halt;
            }
        }

        if (mayMore)
        {
            signal.Announce();
        }
    }

    /// <summary>While it lasts, the store may not show yet what memory says.</summary>
    private readonly struct Write : IDisposable
    {
        private readonly ConnectionHalts _halts;

        public Write(ConnectionHalts halts)
        {
            _halts = halts;
            Interlocked.Increment(ref halts._writing);
            Interlocked.Increment(ref halts._changes);
        }

        public void Dispose()
        {
            Interlocked.Increment(ref _halts._changes);
            Interlocked.Decrement(ref _halts._writing);
        }
    }
}
