using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>Finds out whether a failed write means that the file or its file system is read-only.</summary>
internal static class ReadOnlyFiles
{
    /// <summary>The problem in words for the operator.</summary>
    public const string Problem = "The outbox is read-only: its file or its file system does not accept writes.";

    /// <summary>EROFS, which Linux and macOS number alike.</summary>
    public const int ReadOnlyFileSystem = 30;

    /// <summary>ERROR_WRITE_PROTECT on Windows.</summary>
    private const int WriteProtected = unchecked((int)0x80070013);

    /// <summary>Whether an error says so.</summary>
    public static bool IsReadOnly(Exception error) =>
        error
            is IOException { HResult: ReadOnlyFileSystem or WriteProtected }
                or SqliteException { SqliteErrorCode: raw.SQLITE_READONLY };

    /// <summary>Whether an error says so of a file that can be read.</summary>
    public static bool IsReadOnly(Exception error, string path) =>
        IsReadOnly(error) || (error is UnauthorizedAccessException && CanRead(path));

    /// <summary>Whether an existing file refuses to be opened for writing. Nothing is written.</summary>
    public static bool RefusesWrites(string path)
    {
        try
        {
            Open(path, FileAccess.ReadWrite);
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return IsReadOnly(error);
        }
    }

    private static bool CanRead(string path)
    {
        try
        {
            Open(path, FileAccess.Read);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Open(string path, FileAccess access) =>
        new FileStream(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete).Dispose();
}
