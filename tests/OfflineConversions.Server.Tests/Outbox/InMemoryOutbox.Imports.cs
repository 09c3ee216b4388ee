using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The imports.</summary>
internal sealed partial class InMemoryOutbox
{
    private readonly InMemoryImports _imports = new();

    public ValueTask<ImportBeginning> BeginImportAsync(
        NewImport import,
        DateTimeOffset forgetBefore,
        CancellationToken cancellationToken
    ) => Locked(() => _imports.Begin(import, forgetBefore, Now));

    public ValueTask<ImportAppend> AppendImportAsync(
        ImportRun run,
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        Func<AppendResult, ImportStep> step,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            if (!_imports.IsCurrent(run))
            {
                return ValueTask.FromResult(
                    new ImportAppend(new(AppendStatus.Stored, new bool[entries.Count], default), IsStopped: true)
                );
            }

            var appended = Append(entries, arrivals);
            if (appended.Status == AppendStatus.Stored)
            {
                _imports.Save(run, step(appended));
            }

            return ValueTask.FromResult(new ImportAppend(appended, IsStopped: false));
        }
    }

    public ValueTask EndImportAsync(ImportRun run, ImportEnd end, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _imports.End(run, end, Now);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<ImportRecord?> CancelImportAsync(string id, CancellationToken cancellationToken) =>
        Locked(() => _imports.Cancel(id, Now));

    public ValueTask<IReadOnlyList<bool>> FindDuplicatesAsync(
        IReadOnlyList<OutboxEntry> entries,
        CancellationToken cancellationToken
    ) =>
        Locked<IReadOnlyList<bool>>(() =>
            [.. entries.Select(DeduplicationKey.Of).Select(key => key.Exists && IsTaken(key))]
        );

    public ValueTask<ImportRecord?> FindImportAsync(string id, CancellationToken cancellationToken) =>
        Locked(() => _imports.Find(id));

    public ValueTask<IReadOnlyList<ImportRecord>> ImportsAsync(
        long? before,
        int limit,
        CancellationToken cancellationToken
    ) => Locked(() => _imports.List(before, limit));

    public ValueTask<IReadOnlyList<RejectedRow>> RejectedRowsAsync(
        long import,
        int after,
        int limit,
        CancellationToken cancellationToken
    ) => Locked(() => _imports.Rejected(import, after, limit));

    private ValueTask<T> Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(read());
        }
    }
}
