using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// An append whose transaction also has the progress of the import that the deliveries come from. If the run is no
/// longer the current one, it stores nothing.
/// </summary>
internal sealed class ImportAppendOperation(
    ImportRun run,
    IReadOnlyList<OutboxEntry> entries,
    Arrivals? arrivals,
    Func<AppendResult, ImportStep> step,
    Suppressions suppressions,
    DateTimeOffset now
) : AppendOperation(entries, arrivals, suppressions, now)
{
    /// <summary>Whether nothing was stored because the run is no longer the current one.</summary>
    public bool IsStopped { get; private set; }

    public override void Apply(WriteTransaction transaction)
    {
        IsStopped = !transaction.Imports.IsCurrent(run);
        if (!IsStopped)
        {
            base.Apply(transaction);
            transaction.Imports.Save(run, step(Result));
        }
    }
}
