namespace OfflineConversions.Sandbox.Received;

/// <summary>The newest calls to the Graph route.</summary>
internal sealed class ReceivedRequests(SandboxLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Queue<ReceivedRequest> _requests = new();
    private long _lastId;
    private long _received;

    public long NextId() => Interlocked.Increment(ref _lastId);

    public void Add(ReceivedRequest request)
    {
        lock (_lock)
        {
            _received++;
            _requests.Enqueue(request);
            if (_requests.Count > limits.Requests)
            {
                _requests.Dequeue();
            }
        }
    }

    public ReceivedRequestsResponse Find(int? limit)
    {
        lock (_lock)
        {
            List<ReceivedRequest> found = [.. _requests];
            return new(
                found.Count,
                _received,
                _received - found.Count,
                limit < found.Count ? found[^limit.Value..] : found
            );
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _requests.Clear();
            _received = 0;
        }
    }
}
