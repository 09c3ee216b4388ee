using System.Diagnostics.CodeAnalysis;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// Work that waits for a thread, in one queue for each caller. Callers are served in rotation, so a caller with much
/// work delays only itself.
/// </summary>
internal sealed class FairQueue
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Queue<Action>> _queues = new(StringComparer.Ordinal);
    private readonly Queue<string> _rotation = new();
    private bool _completed;

    /// <summary>Appends work to the caller's queue.</summary>
    /// <exception cref="ObjectDisposedException">The queue is completed.</exception>
    public void Add(string caller, Action work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_completed, this);
            if (!_queues.TryGetValue(caller, out var queue))
            {
                _queues[caller] = queue = new Queue<Action>();
                _rotation.Enqueue(caller);
            }

            queue.Enqueue(work);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Blocks until there is work, and returns false once the queue is completed and empty.</summary>
    public bool TryTake([MaybeNullWhen(false)] out Action work)
    {
        lock (_gate)
        {
            while (_rotation.Count == 0)
            {
                if (_completed)
                {
                    work = default;
                    return false;
                }

                Monitor.Wait(_gate);
            }

            var caller = _rotation.Dequeue();
            var queue = _queues[caller];
            work = queue.Dequeue();
            if (queue.Count > 0)
            {
                _rotation.Enqueue(caller);
            }
            else
            {
                _queues.Remove(caller);
            }

            return true;
        }
    }

    /// <summary>Accepts no more work. What already waits can still be taken.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
