namespace OfflineConversions.Server.Configuration;

/// <summary>The HTTP border.</summary>
internal sealed class IngestionOptions
{
    private long? _maxInFlightBodyBytes;

    /// <summary>
    /// The largest body, on the wire and after decompression. Default 4 MiB (RudderStack's limit; the others' are
    /// lower). A sixth of it is how many names, values and brackets a body may hold.
    /// </summary>
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// How many times its size a compressed body may unpack to, beyond the first MiB. Default 200; batches of orders
    /// come to 10 to 60.
    /// </summary>
    public int MaxCompressionRatio { get; set; } = 200;

    /// <summary>The most events in one body. Default 10,000; the vendors' clients send up to a few hundred.</summary>
    public int MaxEventsPerBody { get; set; } = 10_000;

    /// <summary>
    /// The bytes that all bodies being read may hold together; beyond it 503. Default 256 MiB, or 16 times <see
    /// cref="MaxBodyBytes"/> where that is more; never less than the latter.
    /// </summary>
    public long MaxInFlightBodyBytes
    {
        get => _maxInFlightBodyBytes ?? Math.Max(256L * 1024 * 1024, LeastInFlightBodyBytes);
        set => _maxInFlightBodyBytes = value;
    }

    /// <summary>
    /// Open connections beyond which posts are answered 503; 1,000 further ones are accepted to be told so. Default
    /// 10,000.
    /// </summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>How long the head of a request may take to arrive. Default 15 seconds.</summary>
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a whole body may take to arrive. Default 1 minute.</summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The limit of each write key.</summary>
    public RateLimitOptions RateLimit { get; set; } = new();

    /// <summary>
    /// What <see cref="MaxInFlightBodyBytes"/> must hold at least: a few of the largest bodies at once, a quarter of
    /// them of unknown callers.
    /// </summary>
    public long LeastInFlightBodyBytes => 16L * MaxBodyBytes;
}

/// <summary>A token bucket for each write key.</summary>
internal sealed record RateLimitOptions
{
    /// <summary>Whether requests are limited. Default <see langword="true"/>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How fast the bucket fills. Default 2000.</summary>
    public int RequestsPerSecond { get; set; } = 2000;

    /// <summary>How much the bucket holds. Default 4000.</summary>
    public int Burst { get; set; } = 4000;
}
