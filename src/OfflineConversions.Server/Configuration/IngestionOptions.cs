using System.ComponentModel.DataAnnotations;

namespace OfflineConversions.Server.Configuration;

/// <summary>The endpoints that receive events.</summary>
internal sealed class IngestionOptions
{
    private long? _maxInFlightBodyBytes;

    /// <summary>
    /// The largest body, on the wire and after decompression. A body may contain a sixth as many names, values and
    /// brackets. Default: 4 MiB, RudderStack's limit; the limits of the other vendors are lower.
    /// </summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// The largest ratio between a decompressed body and its compressed size, beyond the first MiB. Default: 200;
    /// batches of orders reach 10 to 60.
    /// </summary>
    [Range(2, 100_000)]
    public int MaxCompressionRatio { get; set; } = 200;

    /// <summary>The events in one body. Default: 10,000; the vendors' clients send up to a few hundred.</summary>
    [Range(1, 1_000_000)]
    public int MaxEventsPerBody { get; set; } = 10_000;

    /// <summary>
    /// The bytes that all bodies being read may occupy together, <see cref="LeastInFlightBodyBytes"/> to 64 GiB. Beyond
    /// it, posts are answered with 503. Default: 256 MiB, or <see cref="LeastInFlightBodyBytes"/> if that is more.
    /// </summary>
    public long MaxInFlightBodyBytes
    {
        get => _maxInFlightBodyBytes ?? Math.Max(256L * 1024 * 1024, LeastInFlightBodyBytes);
        set => _maxInFlightBodyBytes = value;
    }

    /// <summary>
    /// Open connections beyond which posts are answered with 503. Another 1,000 connections are accepted to receive
    /// that response. Default: 10,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>How long the headers of a request may take to arrive. Default: 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a whole body may take to arrive. Default: 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The rate limit of each write key.</summary>
    public RateLimitOptions RateLimit { get; set; } = new();

    /// <summary>
    /// The least value of <see cref="MaxInFlightBodyBytes"/>: a few of the largest bodies at once, a quarter of them
    /// from unknown callers.
    /// </summary>
    public long LeastInFlightBodyBytes => 16L * MaxBodyBytes;
}

/// <summary>A token bucket for each write key.</summary>
internal sealed record RateLimitOptions
{
    /// <summary>Whether requests are limited. Default: <see langword="true"/>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The requests per second that refill the bucket. Default: 2000.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 2000;

    /// <summary>The capacity of the bucket in requests. Default: 4000.</summary>
    [Range(1, 10_000_000)]
    public int Burst { get; set; } = 4000;
}
