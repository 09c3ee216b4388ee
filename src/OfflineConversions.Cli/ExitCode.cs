namespace OfflineConversions.Cli;

/// <summary>
/// What the process ends with. Scripts depend on the numbers, so a code never changes its meaning:
/// docs/guides/command-line.md.
/// </summary>
internal enum ExitCode
{
    /// <summary>The command did what was asked.</summary>
    Success = 0,

    /// <summary>The command worked, and what it found or did needs a person.</summary>
    Problem = 1,

    /// <summary>The command line is wrong, or a file that it names cannot be read.</summary>
    Usage = 2,

    /// <summary>The service cannot be reached, or did not respond in time.</summary>
    Unreachable = 3,

    /// <summary>The key is missing or wrong, or too many wrong ones came from here.</summary>
    Unauthorized = 4,

    /// <summary>There is no such event, import or connection.</summary>
    NotFound = 5,

    /// <summary>The service refuses the request or the file, or has no such function.</summary>
    Refused = 6,

    /// <summary>The service is overloaded, full or broken. Later it may work.</summary>
    Unavailable = 7,

    /// <summary>A defect of this program.</summary>
    Defect = 70,

    /// <summary>Ctrl+C or a signal ended the command.</summary>
    Interrupted = 130,
}
