using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// A token bucket of requests. The events of a request are known only once its body is parsed, and may then cost more
/// than is left: the bucket goes into debt, and further requests wait until that is repaid. So in the long run no key
/// gets more than its rate, however few bytes its events have.
/// </summary>
internal sealed class RequestBucket(RateLimitOptions limit, TimeProvider time)
{
    /// <summary>The events that cost as much as one request.</summary>
    public const int EventsPerRequest = 20;

    private readonly Lock _gate = new();
    private double _left = limit.Burst;
    private long _filled = time.GetTimestamp();

    /// <summary>Takes one request, or returns false and the time until the next one.</summary>
    public bool TryTake(out TimeSpan retryAfter) => TryTake(atLeast: 1, 1, out retryAfter);

    /// <summary>
    /// Takes what the events of a request cost beyond the first <see cref="EventsPerRequest"/>, at most the whole
    /// bucket. Returns false, and the time until the next request, if other requests have put the bucket into debt.
    /// </summary>
    public bool TryTakeEvents(int events, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        var cost = Math.Min((Math.Max(events, 1) - 1) / EventsPerRequest, limit.Burst);
        return cost == 0 || TryTake(atLeast: 0, cost, out retryAfter);
    }

    private bool TryTake(int atLeast, int requests, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            Fill();
            if (_left < atLeast)
            {
                retryAfter = TimeSpan.FromSeconds((1 - _left) / limit.RequestsPerSecond);
                return false;
            }

            _left -= requests;
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_filled, now).TotalSeconds;
        _left = Math.Min(limit.Burst, _left + (seconds * limit.RequestsPerSecond));
        _filled = now;
    }
}
