using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Ends leases: what Meta accepted leaves, what is kept waits, what is buried moves to the failed list. It is never
/// refused: if the disk fails it waits, because it is what frees space.
/// </summary>
internal sealed class SettleOperation(IReadOnlyList<ChunkSettlement> settlements, Leases leases) : WriteOperation
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => _completion.Task;

    public override void Apply(WriteTransaction transaction)
    {
        foreach (var settlement in settlements)
        {
            Settle(transaction, settlement);
        }
    }

    public override void Committed() => Release();

    public override void Succeed() => _completion.SetResult();

    public override void Fail(Exception defect)
    {
        // The rows are unchanged, so another caller may lease them.
        Release();
        _completion.SetException(defect);
    }

    private static void Settle(WriteTransaction transaction, ChunkSettlement settlement)
    {
        var chunk = settlement.Chunk;
        if (transaction.Chunks.Find(chunk.Id) is not { } found)
        {
            return;
        }

        var due = settlement.Due == default ? found.DueAt : settlement.Due.ToUnixTimeMilliseconds();
        var attempts = chunk.Attempts + (settlement.CountAttempt ? 1 : 0);
        var destination = transaction.Destinations.RowOf(chunk.Destination);
        settlement = WithoutErased(transaction, settlement, out var erased);
        if (settlement.Keep.Count == chunk.Events.Count)
        {
            transaction.Chunks.Defer(chunk.Id, due, attempts);
            transaction.Journal.Answered(chunk.Id, settlement.LastAnswer, transaction.Now);
            if (found.IsIncomplete)
            {
                transaction.Chunks.Complete(chunk.Id, destination, Build(settlement));
            }

            return;
        }

        transaction.Chunks.Delete(chunk.Id);
        var (keptBytes, successor) = (0L, 0L);
        if (settlement.Keep.Count > 0)
        {
            var kept = Build(settlement);
            keptBytes = kept.PayloadBytes;
            successor = transaction.Chunks.Insert(destination, chunk.CreatedAt, due, attempts, kept);
            transaction.Journal.Answered(successor, settlement.LastAnswer, transaction.Now);
        }

        var failed = new List<JournalFailure>(settlement.Buried.Count);
        foreach (var burial in settlement.Buried)
        {
            var stored = chunk.Events[burial.Index];
            var number = transaction.Failed.Insert(destination, transaction.Now, attempts, burial, stored);
            transaction.Keys.Release(stored.Key, transaction.Now);
            failed.Add(new JournalFailure(burial.Index, number, burial.Reason, burial.Answer));
        }

        transaction.Journal.Settled(
            chunk.Destination.Connection,
            chunk.Id,
            chunk.Events.Count,
            attempts,
            new JournalSettlement(successor, [.. settlement.Keep.Order()], erased, failed)
            {
                Accepted = settlement.Accepted,
            },
            transaction.Now
        );

        transaction.Ledger.Left(
            chunk.Destination.Connection,
            chunk.Events.Count - settlement.Keep.Count - settlement.Buried.Count - erased.Count,
            settlement.Buried.Count,
            erased.Count,
            chunk.Events.Sum(stored => (long)stored.Payload.Length) - keptBytes,
            transaction.Now
        );
    }

    /// <summary>The settlement without kept and buried events of erased persons, whose keys are released.</summary>
    private static ChunkSettlement WithoutErased(
        WriteTransaction transaction,
        ChunkSettlement settlement,
        out IReadOnlyList<int> erased
    )
    {
        erased = [];
        if (!transaction.Suppressions.Any)
        {
            return settlement;
        }

        var gone = new List<int>();
        bool Stays(int index)
        {
            var stored = settlement.Chunk.Events[index];
            if (!transaction.Suppressions.Contain(stored.Payload.Span, transaction.Now))
            {
                return true;
            }

            transaction.Keys.Release(stored.Key, transaction.Now);
            gone.Add(index);
            return false;
        }

        var rest = settlement with
        {
            Keep = settlement.Keep.Where(Stays).ToArray(),
            Buried = settlement.Buried.Where(burial => Stays(burial.Index)).ToArray(),
        };
        gone.Sort();
        erased = gone;
        return rest;
    }

    private static ChunkBuilder Build(ChunkSettlement settlement)
    {
        var kept = new ChunkBuilder();
        foreach (var index in settlement.Keep.Order())
        {
            kept.Add(settlement.Chunk.Events[index]);
        }

        return kept;
    }

    private void Release()
    {
        foreach (var settlement in settlements)
        {
            leases.Release(settlement.Chunk.Id);
        }
    }
}
