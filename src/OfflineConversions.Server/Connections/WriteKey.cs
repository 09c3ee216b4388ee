using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Connections;

/// <summary>One key of a connection with its rate limit and its last use, without the text of the key.</summary>
internal sealed class WriteKey
{
    private readonly RequestBucket? _bucket;
    private readonly LastUse _lastUse;

    public WriteKey(string name, Connection connection, RateLimitOptions limit)
        : this(name, connection, NewBucket(limit), new LastUse()) { }

    private WriteKey(string name, Connection connection, RequestBucket? bucket, LastUse lastUse) =>
        (Name, Connection, _bucket, _lastUse) = (name, connection, bucket, lastUse);

    /// <summary>What metrics call it: the first characters of its digest.</summary>
    public string Name { get; }

    /// <summary>The connection that the key belongs to.</summary>
    public Connection Connection { get; }

    /// <summary>When a request last presented it; <see langword="null"/> if none has since the start.</summary>
    public DateTimeOffset? LastUsedAt => _lastUse.At;

    /// <summary>The same key with the same bucket, for the connection's new settings.</summary>
    public WriteKey For(Connection connection) => new(Name, connection, _bucket, _lastUse);

    /// <summary>The same key with a full bucket of another size.</summary>
    public WriteKey For(Connection connection, RateLimitOptions limit) =>
        new(Name, connection, NewBucket(limit), _lastUse);

    /// <summary>
    /// Notes the use of the key, and takes one request from the bucket, or returns false and the time until the next
    /// request.
    /// </summary>
    public bool TryTake(out TimeSpan retryAfter)
    {
        _lastUse.Note(TimeProvider.System.GetUtcNow());
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

    private static RequestBucket? NewBucket(RateLimitOptions limit) =>
        limit.Enabled ? new RequestBucket(limit, TimeProvider.System) : null;

    private sealed class LastUse
    {
        private long _ticks;

        public DateTimeOffset? At =>
            Volatile.Read(ref _ticks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

        public void Note(DateTimeOffset now) => Volatile.Write(ref _ticks, now.UtcTicks);
    }
}
