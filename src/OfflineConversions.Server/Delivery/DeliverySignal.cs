using System.Collections.Concurrent;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Wakes delivery when events are stored, so that a full batch does not wait for the flush interval. Only a hint:
/// events without a signal (stored before a restart, or due again) are found at the next interval.
/// </summary>
internal sealed class DeliverySignal(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Arrivals> _connections = new(StringComparer.Ordinal);

    /// <summary>Events were stored.</summary>
    /// <param name="connection">The connection's name.</param>
    /// <param name="events">How many.</param>
    public void Appended(string connection, int events) => Of(connection).Add(events);

    /// <summary>Starts counting again, because what was signalled is about to be leased.</summary>
    public void Reset(string connection) => Of(connection).Reset();

    /// <summary>
    /// Completes when this many events were signalled since the last <see cref="Reset"/>, or after the longest wait.
    /// </summary>
    public async Task WaitAsync(string connection, int events, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Of(connection).Reached(events), Task.Delay(longest, time, wait.Token));
        await wait.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Arrivals Of(string connection) => _connections.GetOrAdd(connection, _ => new Arrivals());

    private sealed class Arrivals
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _threshold = int.MaxValue;
        private int _count;

        public void Add(int events)
        {
            lock (_gate)
            {
                _count += events;
                if (_count >= _threshold)
                {
                    _reached.TrySetResult();
                }
            }
        }

        public void Reset()
        {
            lock (_gate)
            {
                (_count, _threshold, _reached) = (
                    0,
                    int.MaxValue,
                    new(TaskCreationOptions.RunContinuationsAsynchronously)
                );
            }
        }

        public Task Reached(int events)
        {
            lock (_gate)
            {
                _threshold = events;
                if (_count >= events)
                {
                    _reached.TrySetResult();
                }

                return _reached.Task;
            }
        }
    }
}
