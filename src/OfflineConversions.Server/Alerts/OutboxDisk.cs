using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Alerts;

/// <summary>The disk that holds the outbox. That of a database server is not known.</summary>
internal sealed class OutboxDisk(OutboxOptions options)
{
    private const long OneGibibyte = 1024 * 1024 * 1024;
    private const int LeastShare = 20;

    /// <summary>The free bytes; null if they cannot be read.</summary>
    public long? FreeBytes => Drive?.AvailableFreeSpace;

    /// <summary>Its size in bytes; null if it cannot be read.</summary>
    public long? SizeBytes => Drive?.TotalSize;

    /// <summary>Below this the disk counts as nearly full: a gibibyte, or a twentieth of a small disk.</summary>
    public long LeastBytes => Math.Min(OneGibibyte, (Drive?.TotalSize ?? 0) / LeastShare);

    private DriveInfo? Drive
    {
        get
        {
            if (options.Provider == OutboxProvider.PostgreSql)
            {
                return null;
            }

            try
            {
                var drive = new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
                return drive.IsReady ? drive : null;
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
