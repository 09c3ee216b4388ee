using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary><see cref="IImportStore"/>, forwarded to its implementation.</summary>
internal sealed partial class PostgresOutbox
{
    /// <inheritdoc/>
    public ValueTask<ImportBeginning> BeginImportAsync(
        NewImport import,
        DateTimeOffset forgetBefore,
        CancellationToken cancellationToken
    ) => AskAsync(() => _imports.BeginImportAsync(import, forgetBefore, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ImportAppend> AppendImportAsync(
        ImportRun run,
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        Func<AppendResult, ImportStep> step,
        CancellationToken cancellationToken
    ) => AskAsync(() => _imports.AppendImportAsync(run, entries, arrivals, step, cancellationToken));

    /// <inheritdoc/>
    public ValueTask EndImportAsync(ImportRun run, ImportEnd end, CancellationToken cancellationToken) =>
        DoAsync(() => _imports.EndImportAsync(run, end, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ImportRecord?> CancelImportAsync(string id, CancellationToken cancellationToken) =>
        AskAsync(() => _imports.CancelImportAsync(id, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<bool>> FindDuplicatesAsync(
        IReadOnlyList<OutboxEntry> entries,
        CancellationToken cancellationToken
    ) => AskAsync(() => _imports.FindDuplicatesAsync(entries, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ImportRecord?> FindImportAsync(string id, CancellationToken cancellationToken) =>
        AskAsync(() => _imports.FindImportAsync(id, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ImportRecord>> ImportsAsync(
        long? before,
        int limit,
        CancellationToken cancellationToken
    ) => AskAsync(() => _imports.ImportsAsync(before, limit, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RejectedRow>> RejectedRowsAsync(
        long import,
        int after,
        int limit,
        CancellationToken cancellationToken
    ) => AskAsync(() => _imports.RejectedRowsAsync(import, after, limit, cancellationToken));
}
