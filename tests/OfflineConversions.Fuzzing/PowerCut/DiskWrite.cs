namespace OfflineConversions.Fuzzing.PowerCut;

/// <summary>One thing that SQLite did to a file, in the order in which it happened.</summary>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Offset">Where a write begins, or the length that a truncation leaves.</param>
/// <param name="Bytes">What was written.</param>
internal sealed record DiskWrite(string File, DiskWriteKind Kind, long Offset = 0, byte[]? Bytes = null);

internal enum DiskWriteKind
{
    /// <summary>Bytes were handed to the operating system. They may be lost until the next sync of the file.</summary>
    Write,

    /// <summary>The file was shortened. That may be lost too.</summary>
    Truncate,

    /// <summary>Everything before it is on the disk.</summary>
    Sync,

    /// <summary>The file was deleted. It may come back.</summary>
    Delete,
}
