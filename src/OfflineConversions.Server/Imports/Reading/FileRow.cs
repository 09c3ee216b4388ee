namespace OfflineConversions.Server.Imports.Reading;

/// <summary>One row or line of a file, valid until the next one is read.</summary>
internal readonly ref struct FileRow
{
    /// <summary>Its number in the file, from 1. Blank rows have numbers too.</summary>
    public required long Number { get; init; }

    /// <summary>What distinguishes it from other rows; not the row itself.</summary>
    public required UInt128 Digest { get; init; }

    /// <summary>The row as a JSON object, or the line as it is. Empty if there is a problem.</summary>
    public ReadOnlySpan<byte> Json { get; init; }

    /// <summary>The reason code if the row cannot be read; <see langword="null"/> if it can.</summary>
    public string? Problem { get; init; }
}

/// <summary>Reads the rows of a file one after another.</summary>
internal interface IRowReader : IDisposable
{
    /// <summary>Reads the next row that is not blank; false at the end of the file.</summary>
    /// <exception cref="UnreadableFileException">The file cannot be read any further.</exception>
    bool TryRead(out FileRow row);
}
