using System.Globalization;
using System.Security;

namespace OfflineConversions.Server.Configuration.Reading;

/// <summary>
/// Reads a file that a running process reads repeatedly and whose path may lead to anything by then. Only regular files
/// are read (a pipe would block, and a device has no end), and only up to a limit.
/// </summary>
internal static class CappedFile
{
    /// <summary>Reads the bytes. Problems are returned, as the end of a sentence, and never thrown.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="most">The most bytes that the file may have.</param>
    public static (byte[] Bytes, string? Problem) Read(string path, int most)
    {
        try
        {
            return HasNoLength(path) ? ([], "is empty, or not a regular file") : ReadRegular(path, most);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], "does not exist");
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException or SecurityException)
        {
            return ([], Directory.Exists(path) ? "is a folder" : "cannot be read by this user");
        }
        catch (Exception odd) when (odd is ArgumentException or NotSupportedException)
        {
            return ([], "has a name that no file can have");
        }
    }

    /// <summary>
    /// Whether the length is zero, as for pipes, sockets and devices. Checked first, because opening a pipe blocks.
    /// </summary>
    private static bool HasNoLength(string path)
    {
        var file = new FileInfo(path);
        return (file.ResolveLinkTarget(returnFinalTarget: true) ?? file) is FileInfo { Exists: true, Length: 0 };
    }

    private static (byte[] Bytes, string? Problem) ReadRegular(string path, int most)
    {
        using var stream = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0
        );
        if (!stream.CanSeek)
        {
            return ([], "is not a regular file");
        }

        var bytes = new byte[Math.Min(stream.Length, most) + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= most
            ? (bytes[..length], null)
            : ([], string.Create(CultureInfo.InvariantCulture, $"is larger than {most / 1024} KiB"));
    }
}
