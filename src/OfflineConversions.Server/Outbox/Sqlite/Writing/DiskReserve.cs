using OfflineConversions.Server.Outbox.Sqlite.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Room on the disk kept for bad times. SQLite needs space even to delete: on a disk that is truly full no delivery
/// could be settled and nothing would ever become free. When the disk is full the reserve is given up, only settlements
/// may use what it leaves, and events are taken again once the disk has room to hold it anew. Larger than the WAL, so
/// that the WAL can always be emptied into the file.
/// </summary>
internal sealed class DiskReserve(string path)
{
    /// <summary>A file of this length is taken for one that holds the room.</summary>
    public const long SizeBytes = 32 * 1024 * 1024;

    /// <exception cref="IOException">The disk has no room for it.</exception>
    public void Hold()
    {
        if (new FileInfo(path) is { Exists: true, Length: SizeBytes })
        {
            return;
        }

        try
        {
            // Preallocated: a file that is merely long occupies nothing.
            using var file = OwnerOnly.Open(path, FileMode.Create, FileAccess.Write, FileShare.Read, SizeBytes);
            file.SetLength(SizeBytes);
        }
        catch (IOException)
        {
            GiveUp();
            throw;
        }
    }

    public void GiveUp() => File.Delete(path);
}
