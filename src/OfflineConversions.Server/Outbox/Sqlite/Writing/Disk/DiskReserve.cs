using OfflineConversions.Server.Outbox.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

/// <summary>
/// A file that keeps disk space for emergencies. SQLite needs space even to delete: on a full disk no delivery could be
/// settled, and nothing would ever become free. When the disk is full the reserve is released, only settlements may use
/// its space, and events are accepted again once the disk has room for it. It is larger than the WAL, so that the WAL
/// can always be emptied into the database file.
/// </summary>
internal sealed class DiskReserve(string path)
{
    /// <summary>The size of the reserve. A file of this length is trusted to occupy its space.</summary>
    public const long SizeBytes = 32 * 1024 * 1024;

    /// <summary>Occupies the space.</summary>
    /// <exception cref="IOException">The disk has no room for it.</exception>
    public void Hold()
    {
        if (new FileInfo(path) is { Exists: true, Length: SizeBytes })
        {
            return;
        }

        try
        {
            // Preallocated, because a file that is merely long occupies nothing.
            using var file = OwnerOnlyFiles.Open(path, FileMode.Create, FileAccess.Write, FileShare.Read, SizeBytes);
            file.SetLength(SizeBytes);
        }
        catch (IOException)
        {
            Release();
            throw;
        }
    }

    /// <summary>Frees the space.</summary>
    public void Release() => File.Delete(path);
}
