using System.Threading.RateLimiting;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Connections;

/// <summary>One key of a connection with its rate limit, without the text of the key.</summary>
internal sealed class WriteKey
{
    private readonly TokenBucketRateLimiter? _bucket;

    public WriteKey(Connection connection, RateLimitOptions limit)
        : this(connection, limit.Enabled ? NewBucket(limit) : null) { }

    private WriteKey(Connection connection, TokenBucketRateLimiter? bucket) =>
        (Connection, _bucket) = (connection, bucket);

    /// <summary>The connection that the key belongs to.</summary>
    public Connection Connection { get; }

    /// <summary>The same key with the same bucket, for the connection's new settings.</summary>
    public WriteKey For(Connection connection) => new(connection, _bucket);

    /// <summary>Takes one request from the bucket, or returns false and the time until the next request.</summary>
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

    // Without automatic replenishment the bucket has no timer, so a removed key leaves nothing behind.
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
