namespace OfflineConversions.Server.Configuration;

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
