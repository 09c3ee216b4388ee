using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Imports;

/// <summary>What an import came to.</summary>
/// <param name="Status">How it ended, or why it did not begin.</param>
/// <param name="Import">The import as stored; <see langword="null"/> if it did not begin.</param>
/// <param name="Problem">What is wrong, in words.</param>
internal sealed record ImportResult(ImportStatus Status, ImportRecord? Import, string? Problem = null);

/// <summary>How an import ended, or why it did not begin.</summary>
internal enum ImportStatus
{
    /// <summary>Its last row is committed, or an operator cancelled it.</summary>
    Ended,

    /// <summary>The file stopped arriving.</summary>
    Interrupted,

    /// <summary>The file is malformed.</summary>
    Malformed,

    /// <summary>The format of the file is not read.</summary>
    Unsupported,

    /// <summary>The file exceeds a limit.</summary>
    TooLarge,

    /// <summary>The id belongs to another file, another connection or an import that runs.</summary>
    Conflict,

    /// <summary>As many imports run as may.</summary>
    Busy,
}
