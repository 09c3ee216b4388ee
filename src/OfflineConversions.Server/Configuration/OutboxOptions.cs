namespace OfflineConversions.Server.Configuration;

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
