using OfflineConversions.Privacy;

namespace OfflineConversions.Server.Configuration;

/// <summary>
/// The whole configuration: what stands at the root of appsettings.json. Names are fixed; see docs/configuration.md.
/// </summary>
internal sealed class ServiceOptions
{
    /// <summary>Meta's Graph API.</summary>
    public GraphOptions Graph { get; set; } = new();

    /// <summary>The console log.</summary>
    public LogOptions Logs { get; set; } = new();

    /// <summary>The durable queue.</summary>
    public OutboxOptions Outbox { get; set; } = new();

    /// <summary>Sending to Meta.</summary>
    public DeliveryOptions Delivery { get; set; } = new();

    /// <summary>The HTTP border.</summary>
    public IngestionOptions Ingestion { get; set; } = new();

    /// <summary>The operator's routes.</summary>
    public AdminOptions Admin { get; set; } = new();

    /// <summary>The built-in stand-in for Meta.</summary>
    public SandboxOptions Sandbox { get; set; } = new();

    /// <summary>Browsers on other origins.</summary>
    public CorsOptions Cors { get; set; } = new();

    /// <summary>The reverse proxies whose word on a caller's address counts.</summary>
    public ProxyOptions ForwardedHeaders { get; set; } = new();

    /// <summary>The pipes: a source with its write keys to one Meta account each, by name.</summary>
    public Dictionary<string, ConnectionOptions> Connections { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>Meta's Graph API.</summary>
internal sealed class GraphOptions
{
    /// <summary>
    /// Where Graph is. Default <c>https://graph.facebook.com</c>. With the sandbox enabled that default means the
    /// sandbox of this process.
    /// </summary>
    public Uri BaseAddress { get; set; } = DefaultBaseAddress;

    /// <summary>
    /// Hosts that <see cref="BaseAddress"/> may name besides Meta's own and this machine: whoever stands there gets
    /// every access token. Default: none.
    /// </summary>
    public List<string> AllowedHosts { get; set; } = [];

    /// <summary>The version of the Conversions API. Default <c>v26.0</c>.</summary>
    public string ApiVersion { get; set; } = "v26.0";

    /// <summary>The version of the legacy offline-events API. Default <c>v16.0</c>, the last that had it.</summary>
    public string OfflineEventsApiVersion { get; set; } = "v16.0";

    /// <summary>How long one attempt may take. Default 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Meta's own address.</summary>
    public static readonly Uri DefaultBaseAddress = new("https://graph.facebook.com");
}

/// <summary>The durable queue.</summary>
internal sealed class OutboxOptions
{
    /// <summary>Where events wait. Default <see cref="OutboxProvider.Sqlite"/>.</summary>
    public OutboxProvider Provider { get; set; }

    /// <summary>The database file; its folder is made when missing. Default <c>data/outbox.db</c>.</summary>
    public string Path { get; set; } = "data/outbox.db";

    /// <summary>
    /// How many payload bytes may wait for one commit before new events are refused with 503. Default 64 MiB.
    /// </summary>
    public long MaxPendingCommitBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Encrypt payloads before they are written. Default <see langword="false"/>. What is stored already stays as it
    /// is, and readable.
    /// </summary>
    public bool Encrypt { get; set; }

    /// <summary>
    /// The folder of the keys. Default: beside the database file, its name with <c>.keys</c>. A key that is missing
    /// while events need it stops the start.
    /// </summary>
    public string? KeyDirectory { get; set; }

    /// <summary>How long the failed list keeps an event; afterwards it counts as expired. Default 30 days.</summary>
    public TimeSpan FailedRetention { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>Where events wait.</summary>
internal enum OutboxProvider
{
    Sqlite,
}

/// <summary>Sending to Meta.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>How long events wait for company before a batch goes out. Default 1 second.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests in flight for one connection. Default 4.</summary>
    public int MaxConcurrency { get; set; } = 4;

    /// <summary>
    /// Payload bytes in one request. Default 1,000,000: Meta publishes no limit, integrators report about 1 MB.
    /// </summary>
    public int MaxBatchBytes { get; set; } = 1_000_000;

    /// <summary>
    /// The longest wait after the first refused attempt; it doubles with each further one. Default 1 second.
    /// </summary>
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two attempts. Default 15 minutes.</summary>
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The first wait of a halted connection before a probe; each further one is as long as it has stood still. Default
    /// 30 seconds.
    /// </summary>
    public TimeSpan ProbeBaseDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest wait between two probes; below a minute, what was mended goes on within one. Default 45 seconds.
    /// </summary>
    public TimeSpan ProbeMaxDelay { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long requests in flight may take to finish at shutdown. Default 20 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}

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

/// <summary>The operator's routes.</summary>
internal sealed class AdminOptions
{
    /// <summary>
    /// The key of <c>/api/*</c>. Default: none; then they answer only loopback callers, and only in Development.
    /// </summary>
    public Secret? ApiKey { get; set; }

    /// <summary>The file that holds the key. Default: none.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>
    /// A port of its own for <c>/api</c>, <c>/metrics</c>, <c>/swagger</c> and <c>/openapi</c>, which the other ports
    /// then no longer serve; plain HTTP. Default: none, they are served beside the rest.
    /// </summary>
    public int? Port { get; set; }

    /// <summary>
    /// The address that port listens on: an IP address, <c>localhost</c>, or <c>*</c> for all. Default <c>*</c>.
    /// </summary>
    public string Host { get; set; } = "*";
}

/// <summary>
/// The reverse proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed. With none listed
/// nobody's are.
/// </summary>
internal sealed class ProxyOptions
{
    /// <summary>Addresses of proxies. Default: none.</summary>
    public List<string> KnownProxies { get; set; } = [];

    /// <summary>Networks in which every address is a proxy, for example <c>10.0.0.0/8</c>. Default: none.</summary>
    public List<string> KnownNetworks { get; set; } = [];
}

/// <summary>The built-in stand-in for Meta.</summary>
internal sealed class SandboxOptions
{
    /// <summary>Whether it is mounted. Default <see langword="false"/>; the Development settings turn it on.</summary>
    public bool Enabled { get; set; }
}

/// <summary>Browsers on other origins.</summary>
internal sealed class CorsOptions
{
    /// <summary>The origins that may post from a browser. Default: none, CORS is off.</summary>
    public List<string> Origins { get; set; } = [];
}
