using System.Diagnostics.CodeAnalysis;

namespace OfflineConversions.Server.Ingestion;

/// <summary>What waits, a line for each caller. The callers take turns, so who brings much waits for itself and holds up nobody else.</summary>
internal sealed class Turns<T>
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Queue<T>> _lines = new(StringComparer.Ordinal);
    private readonly Queue<string> _callers = new();
    private bool _ended;

    /// <summary>Puts it at the end of the caller's line.</summary>
    public void Add(string caller, T item)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(caller, out var line))
            {
                _lines[caller] = line = new Queue<T>();
                _callers.Enqueue(caller);
            }

            line.Enqueue(item);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the next one; false after the end.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            while (_callers.Count == 0)
            {
                if (_ended)
                {
                    item = default;
                    return false;
                }

                Monitor.Wait(_gate);
            }

            var caller = _callers.Dequeue();
            var line = _lines[caller];
            item = line.Dequeue();
            if (line.Count > 0)
            {
                _callers.Enqueue(caller);
            }
            else
            {
                _lines.Remove(caller);
            }

            return true;
        }
    }

    /// <summary>Nothing more is added; what waits may still be taken.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }
}
