using System.ComponentModel.DataAnnotations;

namespace OfflineConversions.Server.Configuration;

/// <summary>Limits of imported files. The limits of <see cref="IngestionOptions"/> do not apply to them.</summary>
internal sealed class ImportOptions
{
    /// <summary>
    /// The largest file, in bytes, as it is sent and also after decompression. Default: 16 GiB. A file is never in
    /// memory as a whole.
    /// </summary>
    [Range(typeof(long), "1024", "1099511627776")]
    public long MaxBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>The longest row or line, in bytes. Default: 1 MiB. An import of a longer one fails.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxRowBytes { get; set; } = 1024 * 1024;

    /// <summary>The most columns of a table. Default: 1000. A wider one is refused.</summary>
    [Range(1, 10_000)]
    public int MaxColumns { get; set; } = 1000;

    /// <summary>How many imports may run at once, dry runs included. Default: 2. Another one is refused.</summary>
    [Range(1, 64)]
    public int MaxConcurrent { get; set; } = 2;

    /// <summary>
    /// How long a caller may send nothing before the import is interrupted. Default: 2 minutes. Time in which the
    /// import itself waits for the outbox does not count.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How many rejected rows of one import are listed, the first ones. Default: 10000. All of them are counted.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxRejectedRows { get; set; } = 10_000;

    /// <summary>How long an import is kept in the history after it ended. Default: 90 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);
}
