using System.Threading.RateLimiting;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Connections;

/// <summary>One key of a connection, with its own bucket of requests. It does not know its own text.</summary>
internal sealed class WriteKey
{
    private readonly TokenBucketRateLimiter? _bucket;

    public WriteKey(Connection connection, RateLimitOptions limit)
        : this(connection, limit.Enabled ? NewBucket(limit) : null) { }

    private WriteKey(Connection connection, TokenBucketRateLimiter? bucket) =>
        (Connection, _bucket) = (connection, bucket);

    /// <summary>The connection it belongs to.</summary>
    public Connection Connection { get; }

    /// <summary>The same key, bucket and all, of a connection that was configured anew.</summary>
    public WriteKey Of(Connection connection) => new(connection, _bucket);

    /// <summary>Takes one request from the bucket; false with the time to wait when it is empty.</summary>
    public bool TryTake(out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (_bucket is null)
        {
            return true;
        }

        _bucket.TryReplenish();
        using var lease = _bucket.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter);
        }

        return lease.IsAcquired;
    }

    // Without a timer of its own: a key that is removed leaves nothing behind.
    private static TokenBucketRateLimiter NewBucket(RateLimitOptions limit) =>
        new(
            new TokenBucketRateLimiterOptions
            {
                TokenLimit = limit.Burst,
                TokensPerPeriod = limit.RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
                AutoReplenishment = false,
            }
        );
}
