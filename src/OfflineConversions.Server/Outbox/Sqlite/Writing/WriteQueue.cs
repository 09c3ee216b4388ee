namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>Where operations wait for the writer, bounded by the payload bytes that may wait.</summary>
internal sealed class WriteQueue(long maxBytes)
{
    // One transaction takes no more than this, so that the first of many callers is not kept waiting for the last.
    private const long MaxTakenBytes = 8 * 1024 * 1024;
    private const int MaxTaken = 1024;

    private readonly object _gate = new();
    private readonly Queue<WriteOperation> _waiting = new();
    private long _waitingBytes;
    private bool _upkeep;
    private bool _closed;

    /// <summary>
    /// Queues an operation, unless the queue is closed or, for one that carries payloads, over its limit.
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

    /// <summary>Has something changed, and waits for the commit.</summary>
    /// <exception cref="ObjectDisposedException">The outbox is closed.</exception>
    public async Task<T> ChangeAsync<T>(Func<WriteTransaction, T> change)
    {
        var operation = new ChangeOperation<T>(change);
        ObjectDisposedException.ThrowIf(!TryAdd(operation), this);
        return await operation.Completion;
    }

    /// <summary>Ends leases, and waits for the commit.</summary>
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

    /// <summary>What waits is still taken; nothing is added any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// Waits until there is work and takes all of it, up to what one transaction may hold. False once closed and empty.
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

    /// <summary>Takes what has come meanwhile as well.</summary>
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
