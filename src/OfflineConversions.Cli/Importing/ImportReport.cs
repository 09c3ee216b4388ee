namespace OfflineConversions.Cli.Importing;

/// <summary>An import, as <c>/api/imports</c> describes it.</summary>
internal sealed record ImportReport(
    string Id,
    string Connection,
    string State,
    long Rows,
    long Accepted,
    long Ignored,
    long Rejected,
    IReadOnlyDictionary<string, long>? Reasons,
    IReadOnlyDictionary<string, long>? Warnings,
    double RowsPerSecond,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    bool DryRun,
    string? By,
    string? Problem
)
{
    public const string Running = "running";
    public const string Interrupted = "interrupted";
    public const string Completed = "completed";
    public const string Cancelled = "cancelled";
    public const string Failed = "failed";
}
