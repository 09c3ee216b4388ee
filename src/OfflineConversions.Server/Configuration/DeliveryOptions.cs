using System.ComponentModel.DataAnnotations;

namespace OfflineConversions.Server.Configuration;

/// <summary>Delivery to Meta.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>How much rarer probes are where a probe does harm.</summary>
    public const int RareProbes = 20;

    /// <summary>The longest wait that a response may ask for. Meta asks for minutes, a proxy for anything.</summary>
    public static readonly TimeSpan LongestAskedWait = TimeSpan.FromDays(1);

    /// <summary>
    /// How long events wait for others before an incomplete batch is sent. Default: 1 second.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The requests in flight for one connection. Default: 4.</summary>
    [Range(1, 64)]
    public int MaxConcurrency { get; set; } = 4;

    /// <summary>
    /// The payload bytes of one request. Default: 1,000,000. Meta publishes no limit; integrators report about 1 MB.
    /// </summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBatchBytes { get; set; } = 1_000_000;

    /// <summary>
    /// The longest delay after the first failed attempt. It doubles with each further attempt. Default: 1 second.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest delay between two attempts: <see cref="RetryBaseDelay"/> to one day. Default: 15 minutes.
    /// </summary>
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The delay before the first probe of a halted connection. Each further delay is as long as the halt has lasted.
    /// Default: 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ProbeBaseDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest delay between two probes: <see cref="ProbeBaseDelay"/> to one day. Below a minute, delivery resumes
    /// within a minute after the cause is fixed. Default: 45 seconds.
    /// </summary>
    public TimeSpan ProbeMaxDelay { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// The longest that anything waits for its next attempt or probe, by any schedule. A stored time beyond it was
    /// written by a clock that was ahead.
    /// </summary>
    public TimeSpan LongestWait
    {
        get
        {
            var (attempt, probe) = (LongestAskedWait + RetryMaxDelay, ProbeMaxDelay * RareProbes);
            return attempt > probe ? attempt : probe;
        }
    }

    /// <summary>How long a shutdown waits for requests in flight. Default: 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
