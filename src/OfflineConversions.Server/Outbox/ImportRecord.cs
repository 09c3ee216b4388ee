namespace OfflineConversions.Server.Outbox;

/// <summary>What an import does, or how it ended. The names are stored.</summary>
internal enum ImportState
{
    /// <summary>A process reads the file.</summary>
    Running,

    /// <summary>The file stopped arriving, or the process is gone. The same file under the same id continues.</summary>
    Interrupted,

    /// <summary>The last row is committed.</summary>
    Completed,

    /// <summary>An operator ended it. What was committed until then stays.</summary>
    Cancelled,

    /// <summary>The file cannot be read beyond some row. What was committed until then stays.</summary>
    Failed,
}

/// <summary>An import to begin.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Connection">The connection whose events the rows are.</param>
/// <param name="IsDryRun">Whether nothing of it is stored but its counts.</param>
/// <param name="Caller">Who began it: an address.</param>
internal sealed record NewImport(string Id, string Connection, bool IsDryRun, string Caller);

/// <summary>One attempt to read the file of an import.</summary>
/// <param name="Import">The number of the import.</param>
/// <param name="Number">The fencing token: it grows with every run of the import.</param>
internal readonly record struct ImportRun(long Import, long Number);

/// <summary>What came of the rows so far.</summary>
internal sealed record ImportProgress
{
    /// <summary>Nothing yet.</summary>
    public static ImportProgress None { get; } = new();

    /// <summary>The rows that were read, without the header and blank rows.</summary>
    public long Rows { get; init; }

    /// <summary>The number of the last of them in the file, the header being row 1.</summary>
    public long Position { get; init; }

    /// <summary>The digest of the file up to there.</summary>
    public UInt128 Digest { get; init; }

    /// <summary>The position of the first commit, so that another file is recognised early.</summary>
    public long HeadPosition { get; init; }

    /// <summary>The digest of the file up to there.</summary>
    public UInt128 HeadDigest { get; init; }

    /// <summary>Events by outcome. The rows of one order are one event.</summary>
    public long Accepted { get; init; }

    /// <inheritdoc cref="Accepted"/>
    public long Ignored { get; init; }

    /// <inheritdoc cref="Accepted"/>
    public long Rejected { get; init; }

    /// <summary>How often each reason occurred.</summary>
    public IReadOnlyDictionary<string, long> Reasons { get; init; } = new Dictionary<string, long>();

    /// <summary>How often each warning occurred.</summary>
    public IReadOnlyDictionary<string, long> Warnings { get; init; } = new Dictionary<string, long>();

    /// <summary>The rate of the run.</summary>
    public double RowsPerSecond { get; init; }
}

/// <summary>A rejected row, without its content.</summary>
/// <param name="Row">Its number in the file.</param>
/// <param name="Column">Our name of the column that is the reason; empty if it is the row as a whole.</param>
/// <param name="Reason">The reason code.</param>
internal readonly record struct RejectedRow(long Row, string Column, string Reason);

/// <summary>The progress after some rows, and those of them to list as rejected.</summary>
internal sealed record ImportStep(ImportProgress Progress, IReadOnlyList<RejectedRow> Rejected);

/// <summary>How a run ends.</summary>
/// <param name="State">The state of the import.</param>
/// <param name="Problem">Why it failed or was interrupted; <see langword="null"/> otherwise.</param>
/// <param name="Step">The last progress, where it was not stored with events; of a dry run.</param>
internal sealed record ImportEnd(ImportState State, string? Problem = null, ImportStep? Step = null);

/// <summary>An import as stored.</summary>
/// <param name="Number">Grows with every new import.</param>
/// <param name="Import">What was begun, by whom.</param>
/// <param name="State">Its state. One whose process is gone is interrupted.</param>
/// <param name="StartedAt">When it was begun first.</param>
/// <param name="EndedAt">When its last run ended; <see langword="null"/> while it runs.</param>
/// <param name="Progress">What came of its rows.</param>
/// <param name="Problem">Why it failed or was interrupted.</param>
internal sealed record ImportRecord(
    long Number,
    NewImport Import,
    ImportState State,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    ImportProgress Progress,
    string? Problem
)
{
    /// <summary>The import as it is now: one that says it is running, but is not, is interrupted.</summary>
    /// <param name="isRunning">Whether a process reads its file.</param>
    public ImportRecord Now(bool isRunning) =>
        State == ImportState.Running && !isRunning ? this with { State = ImportState.Interrupted } : this;
}

/// <summary>An import that has begun.</summary>
/// <param name="Run">The run. Meaningless if <paramref name="IsTaken"/>.</param>
/// <param name="Before">The import as it was before, if it is continued.</param>
/// <param name="IsTaken">
/// Whether the id belongs to an import of another connection, or to a real one while this is a dry run. Nothing was
/// begun.
/// </param>
internal sealed record ImportBeginning(ImportRun Run, ImportRecord? Before, bool IsTaken = false);

/// <summary>What became of an append of an import.</summary>
/// <param name="Appended">As for any append.</param>
/// <param name="IsStopped">Whether the run is no longer the current one, so that nothing was stored.</param>
internal readonly record struct ImportAppend(AppendResult Appended, bool IsStopped);
