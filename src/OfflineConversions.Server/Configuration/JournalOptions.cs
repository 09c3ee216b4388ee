using System.ComponentModel.DataAnnotations;

namespace OfflineConversions.Server.Configuration;

/// <summary>The record of what became of each event, in the outbox.</summary>
internal sealed class JournalOptions
{
    /// <summary>How long an event can be found after its arrival. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The most bytes that the journal takes. Beyond it, the oldest events are forgotten before
    /// <see cref="Retention"/> ends. Default: 512 MiB, enough for about twenty million events.
    /// </summary>
    [Range(typeof(long), "1048576", "1099511627776")]
    public long MaxBytes { get; set; } = 512 * 1024 * 1024;
}
