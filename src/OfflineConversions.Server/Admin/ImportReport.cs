using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>An import as the operator sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Connection">The connection whose events the rows are.</param>
/// <param name="State"><c>running</c>, <c>interrupted</c>, <c>completed</c>, <c>cancelled</c> or <c>failed</c>.</param>
/// <param name="Rows">The rows that were read, without the header.</param>
/// <param name="Accepted">Events that were queued. The rows of one order are one event.</param>
/// <param name="Ignored">Events that are not for Meta, duplicates among them.</param>
/// <param name="Rejected">Events and rows that cannot be sent.</param>
/// <param name="Reasons">How often each reason occurred.</param>
/// <param name="Warnings">How often each warning occurred.</param>
/// <param name="RowsPerSecond">The rate of its last run.</param>
/// <param name="StartedAt">When it was begun.</param>
/// <param name="EndedAt">When its last run ended.</param>
/// <param name="DryRun">Whether nothing of it was queued.</param>
/// <param name="By">The address from which it was begun.</param>
/// <param name="Problem">Why it failed or was interrupted.</param>
internal sealed record ImportReport(
    string Id,
    string Connection,
    string State,
    long Rows,
    long Accepted,
    long Ignored,
    long Rejected,
    IReadOnlyDictionary<string, long> Reasons,
    IReadOnlyDictionary<string, long> Warnings,
    double RowsPerSecond,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    bool DryRun,
    string By,
    string? Problem
)
{
    /// <summary>The report of an import; of one that runs here, with what is not stored yet.</summary>
    public static ImportReport Of(ImportRecord import, RunningImports running)
    {
        var progress =
            import.State == ImportState.Running
                ? running.ProgressOf(import.Import.Id) ?? import.Progress
                : import.Progress;
        return new ImportReport(
            import.Import.Id,
            import.Import.Connection,
            import.State.ToString().ToLowerInvariant(),
            progress.Rows,
            progress.Accepted,
            progress.Ignored,
            progress.Rejected,
            progress.Reasons,
            progress.Warnings,
            Math.Round(progress.RowsPerSecond, 1),
            import.StartedAt,
            import.EndedAt,
            import.Import.IsDryRun,
            import.Import.Caller,
            import.Problem
        );
    }
}
