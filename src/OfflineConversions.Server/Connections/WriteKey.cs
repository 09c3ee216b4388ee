using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Connections;

/// <summary>One key of a connection with its rate limit, without the text of the key.</summary>
internal sealed class WriteKey
{
    private readonly RequestBucket? _bucket;

    public WriteKey(Connection connection, RateLimitOptions limit)
        : this(connection, limit.Enabled ? new RequestBucket(limit, TimeProvider.System) : null) { }

    private WriteKey(Connection connection, RequestBucket? bucket) => (Connection, _bucket) = (connection, bucket);

    /// <summary>The connection that the key belongs to.</summary>
    public Connection Connection { get; }

    /// <summary>The same key with the same bucket, for the connection's new settings.</summary>
    public WriteKey For(Connection connection) => new(connection, _bucket);

    /// <summary>Takes one request from the bucket, or returns false and the time until the next request.</summary>
    public bool TryTake(out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        return _bucket?.TryTake(out retryAfter) != false;
    }

    /// <summary>
    /// Takes what the events of a request cost beyond the request, or returns false and the time until the next
    /// request.
    /// </summary>
    public bool TryTakeEvents(int events, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        return _bucket?.TryTakeEvents(events, out retryAfter) != false;
    }
}
