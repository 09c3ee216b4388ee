using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>
/// What the contract has and this store does not keep yet: the journal, the list of waiting events, imports. The
/// operator's routes say so.
/// </summary>
internal sealed partial class PostgresOutbox
{
    private static readonly NotInThisStore Journal = new("the journal of events");
    private static readonly NotInThisStore PendingList = new("a list of waiting events");
    private static readonly NotInThisStore Imports = new("imports of files");

    ValueTask<JournalFinding> IJournal.FindAsync(JournalSearch search, CancellationToken cancellationToken) =>
        Journal.Answer<JournalFinding>();

    ValueTask<OutcomePage> IJournal.OutcomesAsync(OutcomeQuery query, CancellationToken cancellationToken) =>
        Journal.Answer<OutcomePage>();

    ValueTask<IReadOnlyList<RollUp>> IJournal.RollUpsAsync(RollUpQuery query, CancellationToken cancellationToken) =>
        Journal.Answer<IReadOnlyList<RollUp>>();

    ValueTask<PendingPage> IPendingList.PendingAsync(PendingQuery query, CancellationToken cancellationToken) =>
        PendingList.Answer<PendingPage>();

    ValueTask<PendingCount> IPendingList.CountPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        PendingList.Answer<PendingCount>();

    ValueTask<ChangedPending> IPendingList.RedirectAsync(
        PendingScope scope,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => PendingList.Answer<ChangedPending>();

    ValueTask<ChangedPending> IPendingList.DiscardPendingAsync(
        PendingScope scope,
        CancellationToken cancellationToken
    ) => PendingList.Answer<ChangedPending>();

    ValueTask<ImportBeginning> IImportStore.BeginImportAsync(
        NewImport import,
        DateTimeOffset forgetBefore,
        CancellationToken cancellationToken
    ) => Imports.Answer<ImportBeginning>();

    ValueTask<ImportAppend> IImportStore.AppendImportAsync(
        ImportRun run,
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        Func<AppendResult, ImportStep> step,
        CancellationToken cancellationToken
    ) => Imports.Answer<ImportAppend>();

    ValueTask IImportStore.EndImportAsync(ImportRun run, ImportEnd end, CancellationToken cancellationToken) =>
        new(Imports.Answer<bool>().AsTask());

    ValueTask<ImportRecord?> IImportStore.CancelImportAsync(string id, CancellationToken cancellationToken) =>
        Imports.Answer<ImportRecord?>();

    ValueTask<IReadOnlyList<bool>> IImportStore.FindDuplicatesAsync(
        IReadOnlyList<OutboxEntry> entries,
        CancellationToken cancellationToken
    ) => Imports.Answer<IReadOnlyList<bool>>();

    ValueTask<ImportRecord?> IImportStore.FindImportAsync(string id, CancellationToken cancellationToken) =>
        Imports.Answer<ImportRecord?>();

    ValueTask<IReadOnlyList<ImportRecord>> IImportStore.ImportsAsync(
        long? before,
        int limit,
        CancellationToken cancellationToken
    ) => Imports.Answer<IReadOnlyList<ImportRecord>>();

    ValueTask<IReadOnlyList<RejectedRow>> IImportStore.RejectedRowsAsync(
        long import,
        int after,
        int limit,
        CancellationToken cancellationToken
    ) => Imports.Answer<IReadOnlyList<RejectedRow>>();

    /// <param name="what">What is not kept.</param>
    private sealed class NotInThisStore(string what)
    {
        public ValueTask<T> Answer<T>() =>
            ValueTask.FromException<T>(
                new NotInThisStoreException($"The outbox in PostgreSQL does not keep {what} yet.")
            );
    }
}
