namespace OfflineConversions.Server.Admin;

/// <summary>
/// The guesses of one address, or of all strangers together: a number of free tries, and a line for those that come
/// when none is left. Safe for concurrent use.
/// </summary>
/// <param name="most">The tries of a caller that has none on record.</param>
/// <param name="refill">The time until a used try is available again.</param>
/// <param name="time">The clock. Only its monotonic time counts, so a jump of the clock refuses no caller.</param>
/// <param name="replicas">
/// How many processes share the limit. A process sees only its own guesses, so each of them counts that many times.
/// </param>
internal sealed class GuessLane(int most, TimeSpan refill, TimeProvider time, Func<int>? replicas = null)
{
    /// <summary>
    /// How many requests may wait in line; the last one waits for twenty seconds, times the number of replicas.
    /// </summary>
    public const int MostWaiting = 1000;

    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource<bool>> _line = [];
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _forgotten;
    private TimeSpan _nextTurn;
    private ITimer? _timer;

    /// <summary>The time between two turns of the line, of one process alone.</summary>
    public static TimeSpan Pace { get; } = TimeSpan.FromMilliseconds(20);

    private TimeSpan Now => time.GetElapsedTime(_start);

    private int Cost => Math.Clamp(replicas?.Invoke() ?? 1, 1, most);

    /// <summary>Whether a try is left; if not, the time until one is.</summary>
    public bool HasTry(out TimeSpan wait)
    {
        lock (_gate)
        {
            // Each wrong try moves the time at which all are forgotten by what it costs.
            wait = _forgotten - Now - (refill * (most - Cost));
            return wait <= TimeSpan.Zero;
        }
    }

    /// <summary>Uses a try.</summary>
    public void Take()
    {
        lock (_gate)
        {
            var used = refill * Cost;
            var earliest = Now + used;
            var latest = Now + (refill * most);
            var forgotten = _forgotten + used;
            _forgotten =
                forgotten > latest ? latest
                : forgotten < earliest ? earliest
                : forgotten;
        }
    }

    /// <summary>
    /// Waits for a turn, in the order of arrival. A caller that gives up leaves the line, so filling it takes as
    /// many open connections.
    /// </summary>
    /// <returns>False if the line is full or the caller has given up.</returns>
    public async ValueTask<bool> TurnAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<bool>> place;
        lock (_gate)
        {
            if (_line.Count == 0 && _nextTurn <= Now)
            {
                _nextTurn = Now + (Pace * Cost);
                return true;
            }

            if (_line.Count >= MostWaiting)
            {
                return false;
            }

            place = _line.AddLast(new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
            _timer ??= time.CreateTimer(_ => Advance(), null, Until(_nextTurn), Timeout.InfiniteTimeSpan);
        }

        await using var leaving = cancellationToken.Register(() => Leave(place));
        return await place.Value.Task;
    }

    private void Advance()
    {
        lock (_gate)
        {
            if (_line.First is { } first)
            {
                _line.RemoveFirst();
                first.Value.TrySetResult(true);
                _nextTurn = Now + (Pace * Cost);
            }

            if (_line.Count > 0)
            {
                _timer!.Change(Until(_nextTurn), Timeout.InfiniteTimeSpan);
                return;
            }

            _timer!.Dispose();
            _timer = null;
        }
    }

    private void Leave(LinkedListNode<TaskCompletionSource<bool>> place)
    {
        lock (_gate)
        {
            if (place.List is not null)
            {
                _line.Remove(place);
                place.Value.TrySetResult(false);
            }
        }
    }

    private TimeSpan Until(TimeSpan turn) => turn > Now ? turn - Now : TimeSpan.Zero;
}
