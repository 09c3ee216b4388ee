namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>Deliveries that wait for a writer. The payload bytes that may wait are limited.</summary>
internal sealed class AppendQueue(long maxBytes)
{
    // A transaction takes no more than this, so that the first of many callers does not wait for the last.
    private const long MaxTakenBytes = 4 * 1024 * 1024;
    private const int MaxTaken = 512;

    private readonly Lock _gate = new();
    private readonly Queue<AppendOperation> _waiting = new();
    private readonly Queue<TaskCompletionSource> _idle = new();
    private long _bytes;
    private bool _closed;

    /// <summary>Queues an operation. False if the queue is closed or over its limit.</summary>
    public bool TryAdd(AppendOperation operation)
    {
        TaskCompletionSource? writer;
        lock (_gate)
        {
            if (_closed || (_bytes > 0 && _bytes + operation.Bytes > maxBytes))
            {
                return false;
            }

            _waiting.Enqueue(operation);
            _bytes += operation.Bytes;
            _idle.TryDequeue(out writer);
        }

        writer?.TrySetResult();
        return true;
    }

    /// <summary>Refuses further operations. Those that wait are still taken.</summary>
    public void Close()
    {
        TaskCompletionSource[] idle;
        lock (_gate)
        {
            _closed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        Array.ForEach(idle, writer => writer.TrySetResult());
    }

    /// <summary>Waits for work and takes it, up to what one transaction may hold. Empty if it is closed.</summary>
    public async Task<IReadOnlyList<AppendOperation>> TakeAsync()
    {
        while (true)
        {
            TaskCompletionSource arrival;
            lock (_gate)
            {
                if (_waiting.Count > 0 || _closed)
                {
                    return Take();
                }

                arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _idle.Enqueue(arrival);
            }

            await arrival.Task;
        }
    }

    /// <summary>The operations are done: their bytes are free.</summary>
    public void Release(IReadOnlyList<AppendOperation> operations)
    {
        lock (_gate)
        {
            _bytes -= operations.Sum(operation => operation.Bytes);
        }
    }

    private List<AppendOperation> Take()
    {
        var taken = new List<AppendOperation>();
        var bytes = 0L;
        while (taken.Count < MaxTaken && bytes < MaxTakenBytes && _waiting.TryDequeue(out var operation))
        {
            taken.Add(operation);
            bytes += operation.Bytes;
        }

        return taken;
    }
}
