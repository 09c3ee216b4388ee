using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>The imports.</summary>
internal sealed partial class RememberedOutbox
{
    private readonly InMemoryImports _imports = new();

    public ValueTask<ImportBeginning> BeginImportAsync(
        NewImport import,
        DateTimeOffset forgetBefore,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(_imports.Begin(import, forgetBefore, TimeProvider.System.GetUtcNow()));

    public async ValueTask<ImportAppend> AppendImportAsync(
        ImportRun run,
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        Func<AppendResult, ImportStep> step,
        CancellationToken cancellationToken
    )
    {
        var isStopped = !_imports.IsCurrent(run);
        var appended = await AppendAsync(isStopped ? [] : entries, isStopped ? null : arrivals, cancellationToken);
        if (!isStopped && appended.Status == AppendStatus.Stored)
        {
            _imports.Save(run, step(appended));
        }

        return new ImportAppend(appended, isStopped);
    }

    public ValueTask EndImportAsync(ImportRun run, ImportEnd end, CancellationToken cancellationToken)
    {
        _imports.End(run, end, TimeProvider.System.GetUtcNow());
        return ValueTask.CompletedTask;
    }

    public ValueTask<ImportRecord?> CancelImportAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_imports.Cancel(id, TimeProvider.System.GetUtcNow()));

    public ValueTask<IReadOnlyList<bool>> FindDuplicatesAsync(
        IReadOnlyList<OutboxEntry> entries,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<IReadOnlyList<bool>>(new bool[entries.Count]);

    public ValueTask<ImportRecord?> FindImportAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_imports.Find(id));

    public ValueTask<IReadOnlyList<ImportRecord>> ImportsAsync(
        long? before,
        int limit,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(_imports.List(before, limit));

    public ValueTask<IReadOnlyList<RejectedRow>> RejectedRowsAsync(
        long import,
        int after,
        int limit,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(_imports.Rejected(import, after, limit));
}
