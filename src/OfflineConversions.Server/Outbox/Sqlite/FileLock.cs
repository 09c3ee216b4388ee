using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// Keeps other processes out of the database file. A lock on a file beside it shows which outbox is in use; a lock on
/// the database file itself holds under every name the file has (symbolic and hard links), and after the file beside it
/// was deleted. Backups are not disturbed: the lock on the database file is shared, and only a start asks for it alone.
/// SQLite's own locks are of another kind. Closing any handle of a database file drops them, so this lock is released
/// only when the file has no connection.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private const int Tries = 10;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    private readonly string _path;
    private readonly FileStream _beside;
    private FileStream? _database;

    /// <summary>Locks the file beside the database.</summary>
    /// <exception cref="SettingUnusableException">Another process has the outbox.</exception>
    public FileLock(string path)
    {
        _path = path;
        _beside = Open(path + ".lock", FileShare.None);
    }

    /// <summary>Locks the database file, and creates it if it is missing. Again after it was replaced.</summary>
    /// <exception cref="SettingUnusableException">Another process has the outbox.</exception>
    public void LockDatabase()
    {
        _database?.Dispose();
        _database = null;

        // A process that has it under another name holds the shared lock.
        for (var left = Tries - 1; _database is null; left--)
        {
            try
            {
                Open(_path, FileShare.None).Dispose();
                _database = Open(_path, FileShare.ReadWrite | FileShare.Delete);
            }
            catch (SettingUnusableException) when (left > 0)
            {
                // A backup may be reading it just now.
                Thread.Sleep(BetweenTries);
            }
        }
    }

    public void Dispose()
    {
        _database?.Dispose();
        _beside.Dispose();
    }

    private static FileStream Open(string path, FileShare share)
    {
        try
        {
            return OwnerOnlyFiles.Open(path, share);
        }
        catch (IOException reason) when (!ReadOnlyFiles.IsReadOnly(reason))
        {
            throw new SettingUnusableException(
                $"The outbox is in use by another process: '{path}' is locked. One process owns one outbox file. Stop "
                    + "the other process, or set Outbox:Path to another file.",
                reason
            );
        }
    }
}
