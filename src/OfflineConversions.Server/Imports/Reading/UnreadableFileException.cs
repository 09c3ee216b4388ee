namespace OfflineConversions.Server.Imports.Reading;

/// <summary>
/// The file cannot be read any further. Thrown by the streams and readers of a file, whose interfaces have no other way
/// to say so; the import catches it and makes it its result. The message never contains anything of the file.
/// </summary>
internal sealed class UnreadableFileException(UnreadableFile kind, string message) : IOException(message)
{
    /// <summary>What kind of problem it is.</summary>
    public UnreadableFile Kind { get; } = kind;
}

/// <summary>Why a file cannot be read.</summary>
internal enum UnreadableFile
{
    /// <summary>It is not what it should be.</summary>
    Malformed,

    /// <summary>It is in a format that is not read.</summary>
    Unsupported,

    /// <summary>It, or a part of it, exceeds a limit.</summary>
    TooLarge,

    /// <summary>It stopped arriving.</summary>
    Interrupted,
}
