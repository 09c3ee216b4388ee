namespace OfflineConversions.Server.Outbox.Encryption;

/// <summary>
/// Files and folders that only the service's user may read. On Windows, files inherit the rights of their folder
/// instead.
/// </summary>
internal static class OwnerOnlyFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Creates a folder and its parents. An existing folder stays as it is.</summary>
    public static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        // The framework applies the mode to the last folder of a path only.
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
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Whether other users can create or replace files in a folder.</summary>
    public static bool IsWritableByOthers(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
        {
            return false;
        }

        var mode = File.GetUnixFileMode(folder);
        return (mode & OthersWrite) != UnixFileMode.None && !mode.HasFlag(UnixFileMode.StickyBit);
    }

    /// <summary>Opens a file, and creates it if it is missing.</summary>
    public static FileStream Open(string path, FileShare share) =>
        Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);

    /// <summary>Opens or creates a file.</summary>
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
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }

    /// <summary>Removes other users' rights from a file that came from elsewhere, such as a restored backup.</summary>
    public static void Restrict(string path)
    {
        if (
            !OperatingSystem.IsWindows()
            && File.Exists(path)
            && (File.GetUnixFileMode(path) & ~OwnerOnly) != UnixFileMode.None
        )
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }
}
