namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>Operations that wait for the writer. The payload bytes that may wait are limited.</summary>
internal sealed class WriteQueue(long maxBytes)
{
    // A transaction takes no more than this, so that the first of many callers does not wait for the last.
    private const long MaxTakenBytes = 8 * 1024 * 1024;
    private const int MaxTaken = 1024;

    private readonly object _gate = new();
    private readonly Queue<WriteOperation> _waiting = new();
    private long _waitingBytes;
    private bool _upkeep;
    private bool _closed;

    /// <summary>
    /// Queues an operation. False if the queue is closed or, for an operation with payloads, over its limit.
    /// </summary>
    public bool TryAdd(WriteOperation operation)
    {
        lock (_gate)
        {
            if (_closed || (operation.Bytes > 0 && _waitingBytes > 0 && _waitingBytes + operation.Bytes > maxBytes))
            {
                return false;
            }

            _waiting.Enqueue(operation);
            _waitingBytes += operation.Bytes;
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Queues a change and waits for its commit.</summary>
    /// <exception cref="ObjectDisposedException">The outbox is closed.</exception>
    public async Task<T> ChangeAsync<T>(Func<WriteTransaction, T> change)
    {
        var operation = new ChangeOperation<T>(change);
        ObjectDisposedException.ThrowIf(!TryAdd(operation), this);
        return await operation.Completion;
    }

    /// <summary>Queues a change without a result and waits for its commit.</summary>
    /// <exception cref="ObjectDisposedException">The outbox is closed.</exception>
    public Task ChangeAsync(Action<WriteTransaction> change) =>
        ChangeAsync(transaction =>
        {
            change(transaction);
            return true;
        });

    /// <summary>Ends leases and waits for the commit.</summary>
    /// <exception cref="ObjectDisposedException">The outbox is closed.</exception>
    public Task SettleAsync(IReadOnlyList<ChunkSettlement> settlements, Leases leases)
    {
        if (settlements.Count == 0)
        {
            return Task.CompletedTask;
        }

        var operation = new SettleOperation(settlements, leases);
        ObjectDisposedException.ThrowIf(!TryAdd(operation), this);
        return operation.Completion;
    }

    /// <summary>Asks for a round of upkeep.</summary>
    public void AskForUpkeep()
    {
        lock (_gate)
        {
            _upkeep = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Refuses further operations. Those that wait are still taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// Waits for work and takes it, up to what one transaction may hold. False once closed and empty.
    /// </summary>
    public bool Take(List<WriteOperation> taken, out bool upkeep)
    {
        taken.Clear();
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_upkeep && !_closed)
            {
                Monitor.Wait(_gate);
            }

            Move(taken);
            upkeep = _upkeep;
            _upkeep = false;
            return taken.Count > 0 || !_closed;
        }
    }

    /// <summary>Also takes what was queued meanwhile.</summary>
    public void TakeMore(List<WriteOperation> taken)
    {
        lock (_gate)
        {
            Move(taken);
        }
    }

    private void Move(List<WriteOperation> taken)
    {
        var bytes = taken.Sum(operation => operation.Bytes);
        while (taken.Count < MaxTaken && bytes < MaxTakenBytes && _waiting.TryDequeue(out var operation))
        {
            taken.Add(operation);
            bytes += operation.Bytes;
            _waitingBytes -= operation.Bytes;
        }
    }
}
