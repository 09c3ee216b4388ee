using System.ComponentModel.DataAnnotations;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration.Validation;

namespace OfflineConversions.Server.Configuration;

/// <summary>The durable queue.</summary>
internal sealed class OutboxOptions
{
    /// <summary>The store that keeps waiting events. Default: <see cref="OutboxProvider.Sqlite"/>.</summary>
    public OutboxProvider Provider { get; set; }

    /// <summary>
    /// The PostgreSQL database, as a connection string of Npgsql. Default: none; required for
    /// <see cref="OutboxProvider.PostgreSql"/>.
    /// </summary>
    public Secret? ConnectionString { get; set; }

    /// <summary>
    /// A file that contains the connection string. Its password is read again for each new connection, so it can be
    /// rotated without a restart. Default: none.
    /// </summary>
    public string? ConnectionStringFile { get; set; }

    /// <summary>
    /// How long a replica has chunks to itself. Delivery renews its leases every third of that; after the crash of a
    /// replica, others wait so long for what it was sending. PostgreSQL only. Default: 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The database file. A missing folder is created. Default: <c>data/outbox.db</c>.</summary>
    [NotBlank("must be the path of the database file")]
    public string Path { get; set; } = "data/outbox.db";

    /// <summary>
    /// The payload bytes that may wait for one commit. Beyond it, new events are refused with 503. Default: 64 MiB.
    /// </summary>
    [Range(typeof(long), "65536", "4294967296")]
    public long MaxPendingCommitBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Whether payloads are encrypted before they are written. Default: yes if <see cref="KeyDirectory"/> is set.
    /// Payloads that are already stored stay as they are, and readable.
    /// </summary>
    public bool? Encrypt { get; set; }

    /// <summary>
    /// The folder of the encryption keys. Default: beside the database file, with its name and <c>.keys</c>. The start
    /// fails if stored events need a key that is missing.
    /// </summary>
    [NotBlank("must be the path of a folder")]
    public string? KeyDirectory { get; set; }

    /// <summary>What <see cref="Encrypt"/> and <see cref="KeyDirectory"/> amount to.</summary>
    public bool IsEncrypted => Encrypt ?? KeyDirectory is not null;

    /// <summary>The full path of the folder of the keys, whether it is set or not.</summary>
    public string KeyFolder => System.IO.Path.GetFullPath(KeyDirectory ?? Path + ".keys");

    /// <summary>How long the failed list keeps an event before it counts as expired. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan FailedRetention { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>The stores that an outbox can use.</summary>
internal enum OutboxProvider
{
    /// <summary>One file, for one process.</summary>
    Sqlite,

    /// <summary>A database that several replicas share.</summary>
    PostgreSql,
}
