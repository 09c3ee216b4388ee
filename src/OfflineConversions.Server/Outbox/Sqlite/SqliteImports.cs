using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Writing;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// Imports in a SQLite outbox. One process has the file, so an import that says it is running, but was not begun by
/// this process, is interrupted.
/// </summary>
internal sealed class SqliteImports(
    ImportReader reader,
    WriteQueue queue,
    DatabaseFile file,
    Suppressions suppressions,
    SteadyTime time
) : IImportStore
{
    private readonly ConcurrentDictionary<ImportRun, bool> _running = new();

    /// <inheritdoc/>
    public async ValueTask<ImportBeginning> BeginImportAsync(
        NewImport import,
        DateTimeOffset forgetBefore,
        CancellationToken cancellationToken
    )
    {
        var begun = await queue.ChangeAsync(transaction =>
            transaction.Imports.Begin(import, forgetBefore, transaction.Now)
        );
        if (!begun.IsTaken)
        {
            _running[begun.Run] = true;
        }

        return begun;
    }

    /// <inheritdoc/>
    public async ValueTask<ImportAppend> AppendImportAsync(
        ImportRun run,
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        Func<AppendResult, ImportStep> step,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var append = new ImportAppendOperation(run, entries, arrivals, step, suppressions, time.GetUtcNow());
        var appended = queue.TryAdd(append)
            ? await append.Completion
            : AppendOperation.Unavailable(SqliteOutbox.RetryWhenCrowded);
        return new ImportAppend(appended, append.IsStopped);
    }

    /// <inheritdoc/>
    public async ValueTask EndImportAsync(ImportRun run, ImportEnd end, CancellationToken cancellationToken)
    {
        await queue.ChangeAsync(transaction => transaction.Imports.End(run, end, transaction.Now));
        _running.TryRemove(run, out _);
    }

    /// <inheritdoc/>
    public ValueTask<ImportRecord?> CancelImportAsync(string id, CancellationToken cancellationToken) =>
        new(queue.ChangeAsync(transaction => transaction.Imports.Cancel(id, transaction.Now)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<bool>> FindDuplicatesAsync(
        IReadOnlyList<OutboxEntry> entries,
        CancellationToken cancellationToken
    )
    {
        DeduplicationKey[] keys = [.. entries.Select(DeduplicationKey.Of)];
        return new(
            queue.ChangeAsync<IReadOnlyList<bool>>(transaction =>
                [.. keys.Select(key => key.Exists && transaction.Keys.IsTaken(key, transaction.Now))]
            )
        );
    }

    /// <inheritdoc/>
    public async ValueTask<ImportRecord?> FindImportAsync(string id, CancellationToken cancellationToken) =>
        await file.NoteDamageOf(reader.FindAsync(id, cancellationToken)) is { } stored ? Now(stored) : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ImportRecord>> ImportsAsync(
        long? before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var stored = await file.NoteDamageOf(reader.ListAsync(before ?? long.MaxValue, limit, cancellationToken));
        return [.. stored.Select(Now)];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RejectedRow>> RejectedRowsAsync(
        long import,
        int after,
        int limit,
        CancellationToken cancellationToken
    ) => await file.NoteDamageOf(reader.RejectionsAsync(import, after, limit, cancellationToken));

    private ImportRecord Now(StoredRun stored) => stored.Import.Now(isRunning: _running.ContainsKey(stored.Run));
}
