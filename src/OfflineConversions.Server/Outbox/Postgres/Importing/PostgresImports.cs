using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Upkeep;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres.Importing;

/// <summary>
/// Imports in a PostgreSQL outbox. The file arrives at one replica, and every replica shows how far it is. An import
/// that says it is running, but whose replica shows no sign of life, is interrupted.
/// </summary>
internal sealed class PostgresImports(
    WriterParts parts,
    ReplicaTasks tasks,
    Guid replica,
    Availability availability,
    CommitDoubt doubt
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
        await tasks.SignOfLifeAsync(cancellationToken);
        var begun = await parts.Database.RunAsync(
            transaction => ImportRows.BeginAsync(transaction, import, forgetBefore, replica),
            cancellationToken
        );
        if (!begun.IsTaken)
        {
            _running[begun.Run] = true;
        }

        return begun;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// In a transaction of its own: the rows of a file come in large batches, and each waits for the one before.
    /// </remarks>
    public async ValueTask<ImportAppend> AppendImportAsync(
        ImportRun run,
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        Func<AppendResult, ImportStep> step,
        CancellationToken cancellationToken
    )
    {
        const int Tries = 5;
        cancellationToken.ThrowIfCancellationRequested();
        var operation = new AppendOperation(entries, arrivals);
        for (var attempt = 1; availability.Problem is null; attempt++)
        {
            try
            {
                return await TryAppendAsync(run, operation, step);
            }
            catch (Exception conflict) when (attempt < Tries && DatabaseErrors.IsConflict(conflict))
            {
                // The other transaction has ended.
            }
            catch (Exception error) when (availability.Report(error))
            {
                break;
            }
        }

        return new ImportAppend(AppendOperation.Unavailable(GroupCommit.RetryAfterTrouble), IsStopped: false);
    }

    /// <inheritdoc/>
    public async ValueTask EndImportAsync(ImportRun run, ImportEnd end, CancellationToken cancellationToken)
    {
        _running.TryRemove(run, out _);
        await parts.Database.RunAsync(
            async transaction =>
            {
                var isCurrent = await ImportRows.LockAsync(transaction, run);
                if (isCurrent && end.Step is { } step)
                {
                    await ImportRows.SaveAsync(transaction, run, step);
                }

                if (isCurrent)
                {
                    await ImportRows.EndAsync(transaction, run.Import, end.State, end.Problem);
                }

                return isCurrent;
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask<ImportRecord?> CancelImportAsync(string id, CancellationToken cancellationToken) =>
        await parts.Database.RunAsync(
            async transaction =>
            {
                var import = await ImportRows.FindAsync(transaction, id);
                if (import?.Record.State is ImportState.Running or ImportState.Interrupted)
                {
                    await ImportRows.EndAsync(transaction, import.Record.Number, ImportState.Cancelled, problem: null);
                    import = await ImportRows.FindAsync(transaction, id);
                }

                return import?.Record;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<bool>> FindDuplicatesAsync(
        IReadOnlyList<OutboxEntry> entries,
        CancellationToken cancellationToken
    )
    {
        DeduplicationKey[] keys = [.. entries.Select(DeduplicationKey.Of)];
        var taken = await parts.Database.RunAsync(
            transaction => KeyRows.TakenAsync(transaction, [.. keys.Where(key => key.Exists)]),
            cancellationToken
        );
        return Array.ConvertAll(keys, key => key.Exists && taken.Contains(key.Digest));
    }

    /// <inheritdoc/>
    public async ValueTask<ImportRecord?> FindImportAsync(string id, CancellationToken cancellationToken) =>
        (await ReadAsync("id = $2", "number", cancellationToken, id)).SingleOrDefault();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ImportRecord>> ImportsAsync(
        long? before,
        int limit,
        CancellationToken cancellationToken
    ) => await ReadAsync("number < $2", "number DESC LIMIT $3", cancellationToken, before ?? long.MaxValue, limit);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RejectedRow>> RejectedRowsAsync(
        long import,
        int after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await parts.Database.RunAsync(
            transaction =>
                transaction.QueryAsync(
                    """
                    SELECT row_number, field, reason FROM offlineconversions.import_rejections
                    WHERE import = $1 ORDER BY id LIMIT $2 OFFSET $3
                    """,
                    row => new RejectedRow(row.GetInt64(0), row.GetString(1), row.GetString(2)),
                    import,
                    limit,
                    after
                ),
            cancellationToken
        );

    private async Task<ImportAppend> TryAppendAsync(
        ImportRun run,
        AppendOperation operation,
        Func<AppendResult, ImportStep> step
    )
    {
        await using var transaction = await WriteTransaction.BeginAsync(parts, CancellationToken.None);
        if (!await ImportRows.LockAsync(transaction.Database, run))
        {
            return new ImportAppend(AppendOperation.Unavailable(TimeSpan.Zero), IsStopped: true);
        }

        var appended = (await AppendGroup.ApplyAsync(transaction, [operation]))[0];
        await ImportRows.SaveAsync(transaction.Database, run, step(appended));
        await transaction.FlushAsync();
        await doubt.CommitAsync(transaction, availability);
        return new ImportAppend(appended, IsStopped: false);
    }

    private async Task<List<ImportRecord>> ReadAsync(
        string condition,
        string order,
        CancellationToken cancellationToken,
        params object[] values
    ) =>
        await parts.Database.RunAsync(
            async transaction =>
            {
                var stored = await transaction.QueryAsync(
                    $"""
                    SELECT {StoredImport.Columns} FROM offlineconversions.imports WHERE {condition} ORDER BY {order}
                    """,
                    StoredImport.Read,
                    [transaction.NowMilliseconds, .. values]
                );
                return stored.ConvertAll(Now);
            },
            cancellationToken
        );

    private ImportRecord Now(StoredImport stored) =>
        stored.Record.Now(isRunning: stored.Replica == replica ? _running.ContainsKey(stored.Run) : stored.IsAlive);
}
