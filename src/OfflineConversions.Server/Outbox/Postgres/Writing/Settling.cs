using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// Applies settlements: delivered events leave, kept ones wait again, buried ones move to the failed list. Only a
/// settlement whose fence is in force is accepted.
/// </summary>
internal static class Settling
{
    /// <summary>Applies settlements in the order of the chunks' numbers.</summary>
    /// <returns>One status per settlement, in their order.</returns>
    public static async Task<SettlementStatus[]> ApplyAsync(
        WriteTransaction transaction,
        IReadOnlyList<ChunkSettlement> settlements,
        Guid owner
    )
    {
        var held = await LockAsync(transaction.Database, settlements, owner);
        var accepted = new bool[settlements.Count];
        var changes = new SettledChunks();
        foreach (var (index, settlement) in settlements.Index())
        {
            accepted[index] = held.Remove(settlement.Chunk.Id, out var dueAt);
            if (accepted[index])
            {
                var due =
                    settlement.Due == default
                        ? dueAt
                        : transaction.Database.Clock.FromReplica(settlement.Due, transaction.Now);
                await SettleAsync(transaction, settlement, due, changes);
            }
        }

        await changes.WriteAsync(transaction);
        return Array.ConvertAll(accepted, isAccepted =>
            isAccepted ? SettlementStatus.Settled : SettlementStatus.LeaseLost
        );
    }

    /// <summary>Locks the rows whose fence is in force, with the time at which each is due.</summary>
    private static async Task<Dictionary<long, DateTimeOffset>> LockAsync(
        DatabaseTransaction transaction,
        IReadOnlyList<ChunkSettlement> settlements,
        Guid owner
    )
    {
        var rows = await transaction.QueryAsync(
            """
            SELECT work.id, work.due_at FROM offlineconversions.work
            JOIN unnest($1::bigint[], $2::bigint[]) AS settled (id, fence) USING (id, fence)
            WHERE work.owner = $3 ORDER BY work.id FOR UPDATE OF work
            """,
            row => KeyValuePair.Create(row.GetInt64(0), ChunkFormat.ReadTime(row.GetInt64(1))),
            settlements.Select(settlement => settlement.Chunk.Id).ToArray(),
            settlements.Select(settlement => settlement.Chunk.Lease.Token).ToArray(),
            owner
        );
        var held = new Dictionary<long, DateTimeOffset>();
        foreach (var row in rows)
        {
            held[row.Key] = row.Value;
        }

        return held;
    }

    private static async Task SettleAsync(
        WriteTransaction transaction,
        ChunkSettlement settlement,
        DateTimeOffset due,
        SettledChunks changes
    )
    {
        var chunk = settlement.Chunk;
        var attempts = chunk.Attempts + (settlement.CountAttempt ? 1 : 0);
        settlement = WithoutErased(transaction, settlement, changes, out var erased);
        if (settlement.Keep.Count == chunk.Events.Count)
        {
            changes.Defer(chunk.Id, due, attempts);
            transaction.Journal.Answer(new ChunkNumber { Value = chunk.Id }, settlement.LastAnswer);
            return;
        }

        changes.Delete(chunk.Id);
        var kept = settlement.Keep.Order().Select(index => chunk.Events[index]).ToArray();
        var successor = kept.Length > 0 ? transaction.Fresh.Add(chunk with { Events = kept }, due, attempts) : null;
        if (successor is not null)
        {
            transaction.Journal.Answer(successor, settlement.LastAnswer);
        }

        var failed = settlement
            .Buried.Select(burial => new FailedRow(chunk.Events[burial.Index], burial, attempts))
            .ToArray();
        var numbers = await FailedRows.InsertAsync(transaction, chunk.Destination, failed);
        transaction.Journal.Settle(
            chunk,
            attempts,
            new JournalSettlement(
                Successor: 0,
                [.. settlement.Keep.Order()],
                erased,
                [
                    .. failed.Select(
                        (row, at) =>
                            new JournalFailure(row.Burial.Index, numbers[at], row.Burial.Reason, row.Burial.Answer)
                    ),
                ]
            )
            {
                Accepted = settlement.Accepted,
            },
            successor
        );
        changes.Release(failed.Select(row => row.Event.Key));
        transaction.Ledger.Left(
            chunk.Destination.Connection,
            delivered: chunk.Events.Count - kept.Length - failed.Length - erased.Count,
            failed.Length,
            discarded: erased.Count,
            Bytes(chunk.Events) - Bytes(kept),
            transaction.Now
        );
    }

    /// <summary>The settlement without kept and buried events of erased persons, whose keys are released.</summary>
    private static ChunkSettlement WithoutErased(
        WriteTransaction transaction,
        ChunkSettlement settlement,
        SettledChunks changes,
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

            changes.Release([stored.Key]);
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

    private static long Bytes(IEnumerable<StoredEvent> events) => events.Sum(stored => (long)stored.Payload.Length);
}
