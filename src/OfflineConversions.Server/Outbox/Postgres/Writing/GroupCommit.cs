using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// The writers of this replica. Each takes all deliveries that wait, stores them in one transaction, and completes
/// their callers. While some commits are on their way to disk, the deliveries of the next ones gather.
/// </summary>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    /// <summary>How long a caller waits before its next attempt while the database does not work.</summary>
    public static readonly TimeSpan RetryAfterTrouble = TimeSpan.FromSeconds(5);

    /// <summary>Several, because a commit waits for the network and the disk and not for this process.</summary>
    public const int Writers = 4;

    private readonly WriterParts _parts;
    private readonly CommitDoubt _doubt;
    private readonly AppendQueue _queue;
    private readonly Availability _availability;
    private readonly ILogger _logger;
    private readonly Task[] _writers;
    private long _commits;

    public GroupCommit(
        WriterParts parts,
        AppendQueue queue,
        Availability availability,
        CommitDoubt doubt,
        ILogger logger
    )
    {
        (_parts, _queue, _availability, _doubt, _logger) = (parts, queue, availability, doubt, logger);
        _writers = [.. Enumerable.Range(0, Writers).Select(_ => Task.Run(RunAsync))];
    }

    /// <summary>The number of transactions committed for callers.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Finishes what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await Task.WhenAll(_writers);
    }

    private async Task RunAsync()
    {
        while (await _queue.TakeAsync() is { Count: > 0 } operations)
        {
            await WriteAsync(operations);
            _queue.Release(operations);
        }
    }

    private async Task WriteAsync(IReadOnlyList<AppendOperation> operations)
    {
        if (_availability.Problem is not null)
        {
            Refuse(operations);
            return;
        }

        try
        {
            var results = await StoreAsync(operations);
            foreach (var (operation, result) in operations.Zip(results))
            {
                operation.Complete(result);
            }
        }
        catch (Exception error)
        {
            await EndAsync(operations, error);
        }
    }

    private async Task EndAsync(IReadOnlyList<AppendOperation> operations, Exception error)
    {
        if (_availability.Report(error))
        {
            Refuse(operations);
        }
        else if (operations.Count > 1)
        {
            // One of them has a defect. Each gets its own transaction, so that the others do not fail with it.
            foreach (var operation in operations)
            {
                await WriteAsync([operation]);
            }
        }
        else
        {
            Log.OperationFailed(_logger, error);
            operations[0].Fail(error);
        }
    }

    private async Task<AppendResult[]> StoreAsync(IReadOnlyList<AppendOperation> operations)
    {
        const int Tries = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var results = await TryStoreAsync(operations);
                Interlocked.Increment(ref _commits);
                return results;
            }
            catch (Exception conflict) when (attempt < Tries && DatabaseErrors.IsConflict(conflict))
            {
                // The other transaction has ended.
            }
        }
    }

    private async Task<AppendResult[]> TryStoreAsync(IReadOnlyList<AppendOperation> operations)
    {
        await using var transaction = await WriteTransaction.BeginAsync(_parts, CancellationToken.None);
        var results = await AppendGroup.ApplyAsync(transaction, operations);
        await transaction.FlushAsync();
        await _doubt.CommitAsync(transaction, _availability);
        return results;
    }

    private static void Refuse(IReadOnlyList<AppendOperation> operations)
    {
        foreach (var operation in operations)
        {
            operation.Refuse(RetryAfterTrouble);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 432,
            Level = LogLevel.Error,
            Message = "Storing events in the database failed and was undone"
        )]
        public static partial void OperationFailed(ILogger logger, Exception error);
    }
}
