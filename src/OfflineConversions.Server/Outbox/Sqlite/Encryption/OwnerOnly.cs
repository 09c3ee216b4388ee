namespace OfflineConversions.Server.Outbox.Sqlite.Encryption;

/// <summary>
/// Files and folders that nobody but the service's user may read. The file system of Windows inherits its rights
/// instead.
/// </summary>
internal static class OwnerOnly
{
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Makes the folder where there is none. One that is there already stays as it is.</summary>
    public static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        // The mode is given to the last folder of a path only.
        if (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } parent)
        {
            CreateFolder(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, File | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Whether others may put files into the folder, or exchange those that are there.</summary>
    public static bool IsOpenToOthers(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
        {
            return false;
        }

        var mode = System.IO.File.GetUnixFileMode(folder);
        return (mode & OthersWrite) != UnixFileMode.None && !mode.HasFlag(UnixFileMode.StickyBit);
    }

    /// <summary>Opens a file, making one where there is none.</summary>
    public static FileStream Open(string path, FileShare share) =>
        Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);

    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share, long preallocated = 0)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = share,
            PreallocationSize = preallocated,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File;
        }

        return new FileStream(path, options);
    }

    /// <summary>
    /// Takes everybody else's rights from a file that came from elsewhere, such as a backup that was put back.
    /// </summary>
    public static void Tighten(string path)
    {
        if (
            !OperatingSystem.IsWindows()
            && System.IO.File.Exists(path)
            && (System.IO.File.GetUnixFileMode(path) & ~File) != UnixFileMode.None
        )
        {
            System.IO.File.SetUnixFileMode(path, File);
        }
    }
}
