using System.Threading.RateLimiting;

namespace OfflineConversions.Server.Connections;

/// <summary>One key of a connection, with its own bucket of requests. It does not know its own text.</summary>
public sealed class WriteKey(Connection connection, RateLimitOptions limit) : IDisposable
{
    private readonly TokenBucketRateLimiter? _bucket = !limit.Enabled ? null : new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
    {
        TokenLimit = limit.Burst,
        TokensPerPeriod = limit.RequestsPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    });

    /// <summary>The connection it belongs to.</summary>
    public Connection Connection { get; } = connection;

    /// <summary>Takes one request from the bucket; false with the time to wait when it is empty.</summary>
    public bool TryTake(out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (_bucket is null)
        {
            return true;
        }

        using var lease = _bucket.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter);
        }

        return lease.IsAcquired;
    }

    public void Dispose() => _bucket?.Dispose();
}
