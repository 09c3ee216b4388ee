namespace OfflineConversions.Sandbox.Received;

/// <summary>The newest calls to the Graph route.</summary>
internal sealed class ReceivedRequests(SandboxLimits limits)
{
    private readonly Lock _door = new();
    private readonly Queue<ReceivedRequest> _requests = new();
    private long _lastId;
    private long _received;

    public long NextId() => Interlocked.Increment(ref _lastId);

    public void Add(ReceivedRequest request)
    {
        lock (_door)
        {
            _received++;
            _requests.Enqueue(request);
            if (_requests.Count > limits.Requests)
            {
                _requests.Dequeue();
            }
        }
    }

    public ReceivedRequestsAnswer Find(int? limit)
    {
        lock (_door)
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
        lock (_door)
        {
            _requests.Clear();
            _received = 0;
        }
    }
}
