using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The imports of files: how far each one is, what came of its rows, and the history. The rows themselves are never
/// stored, and neither is the file. Progress is written in the transaction that stores the events of the rows it
/// counts, so after any crash an import continues after exactly the rows whose events are stored.
/// </summary>
internal interface IImportStore
{
    /// <summary>
    /// Begins an import, or continues the one with this id: its state becomes <see cref="ImportState.Running"/>, and an
    /// earlier run of it can store nothing more. A dry run is always begun anew, and is replaced by an import with its
    /// id. Also forgets imports that ended before <paramref name="forgetBefore"/>, some at a time.
    /// </summary>
    ValueTask<ImportBeginning> BeginImportAsync(
        NewImport import,
        DateTimeOffset forgetBefore,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Stores deliveries and the progress of the import in one transaction. Stores nothing if the run is no longer the
    /// current one, because the import was cancelled, ended or begun again.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="entries">The deliveries; there may be none.</param>
    /// <param name="arrivals">What the journal notes of the rows; <see langword="null"/> for nothing.</param>
    /// <param name="step">
    /// The progress that follows from what was stored. Pure: it may be called more than once, on the store's thread.
    /// </param>
    /// <param name="cancellationToken">Cancels the call before it has begun.</param>
    ValueTask<ImportAppend> AppendImportAsync(
        ImportRun run,
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        Func<AppendResult, ImportStep> step,
        CancellationToken cancellationToken
    );

    /// <summary>Ends a run; a run that is no longer the current one changes nothing.</summary>
    /// <param name="run">The run.</param>
    /// <param name="end">The state, and what goes with it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask EndImportAsync(ImportRun run, ImportEnd end, CancellationToken cancellationToken);

    /// <summary>Cancels an import that is running or interrupted.</summary>
    /// <returns>The import afterwards, or <see langword="null"/> if there is none with this id.</returns>
    ValueTask<ImportRecord?> CancelImportAsync(string id, CancellationToken cancellationToken);

    /// <summary>Whether each delivery would be a duplicate now. Takes no key and stores nothing.</summary>
    ValueTask<IReadOnlyList<bool>> FindDuplicatesAsync(
        IReadOnlyList<OutboxEntry> entries,
        CancellationToken cancellationToken
    );

    /// <summary>The import with this id, or <see langword="null"/>.</summary>
    ValueTask<ImportRecord?> FindImportAsync(string id, CancellationToken cancellationToken);

    /// <summary>The imports, newest first.</summary>
    /// <param name="before">Only imports with a lower number; <see langword="null"/> asks for the first page.</param>
    /// <param name="limit">The most to return.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<ImportRecord>> ImportsAsync(long? before, int limit, CancellationToken cancellationToken);

    /// <summary>The listed rejected rows of an import, in the order of the file.</summary>
    /// <param name="import">The number of the import.</param>
    /// <param name="after">How many to skip.</param>
    /// <param name="limit">The most to return.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<RejectedRow>> RejectedRowsAsync(
        long import,
        int after,
        int limit,
        CancellationToken cancellationToken
    );
}
