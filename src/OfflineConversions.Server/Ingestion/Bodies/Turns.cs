using System.Diagnostics.CodeAnalysis;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// Work that waits, a line for each caller. The callers take turns, so who brings much waits for itself and holds up
/// nobody else.
/// </summary>
internal sealed class Turns
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Queue<Action>> _lines = new(StringComparer.Ordinal);
    private readonly Queue<string> _callers = new();
    private bool _ended;

    /// <summary>Puts work at the end of the caller's line.</summary>
    /// <exception cref="ObjectDisposedException">After the end.</exception>
    public void Add(string caller, Action work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            if (!_lines.TryGetValue(caller, out var line))
            {
                _lines[caller] = line = new Queue<Action>();
                _callers.Enqueue(caller);
            }

            line.Enqueue(work);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the next one; false after the end.</summary>
    public bool TryTake([MaybeNullWhen(false)] out Action work)
    {
        lock (_gate)
        {
            while (_callers.Count == 0)
            {
                if (_ended)
                {
                    work = default;
                    return false;
                }

                Monitor.Wait(_gate);
            }

            var caller = _callers.Dequeue();
            var line = _lines[caller];
            work = line.Dequeue();
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
