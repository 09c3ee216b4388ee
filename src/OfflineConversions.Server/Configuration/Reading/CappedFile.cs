using System.Globalization;
using System.Security;

namespace OfflineConversions.Server.Configuration.Reading;

/// <summary>
/// Reads a file that a running process looks at again and again, whatever may stand at its path by then: regular files
/// only, as a pipe would be waited for and a device never ends, and no more of one than it may hold.
/// </summary>
internal static class CappedFile
{
    /// <summary>The bytes, or what is wrong with the file, as the end of a sentence; never an exception.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="most">How many bytes it may hold.</param>
    public static (byte[] Bytes, string? Problem) Read(string path, int most)
    {
        try
        {
            return HasNoLength(path) ? ([], "is empty, or not a regular file") : ReadRegular(path, most);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], "is not there");
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
    /// Pipes, sockets and devices have none. To be known before: opening a pipe waits until somebody writes into it.
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
