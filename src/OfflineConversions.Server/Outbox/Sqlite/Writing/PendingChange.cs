using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>What an operator does to chunks that wait. The caller has leased them.</summary>
internal static class PendingChange
{
    /// <summary>Moves them to another dataset.</summary>
    public static ChangedPending Redirect(
        WriteTransaction transaction,
        IReadOnlyList<Chunk> chunks,
        Redirection redirection
    ) => Sum(chunks.Select(chunk => Redirect(transaction, chunk, redirection)));

    /// <summary>Gives them up.</summary>
    public static ChangedPending Discard(WriteTransaction transaction, IReadOnlyList<Chunk> chunks) =>
        Sum(chunks.Select(chunk => Discard(transaction, chunk)));

    /// <summary>Ends the halt of a dataset if nothing waits there.</summary>
    /// <returns>Whether nothing waits.</returns>
    public static bool EndHaltIfEmpty(WriteTransaction transaction, PendingScope scope)
    {
        if (transaction.Pending.Any(scope))
        {
            return false;
        }

        transaction.Halts.End(new HaltScope(scope.Connection, scope.DatasetId));
        return true;
    }

    private static ChangedPending Redirect(WriteTransaction transaction, Chunk chunk, Redirection redirection)
    {
        if (transaction.Chunks.Find(chunk.Id) is null)
        {
            return default;
        }

        var moved = new ChunkBuilder();
        var (kept, erased, duplicates) = (new List<int>(), new List<int>(), new List<int>());
        for (var index = 0; index < chunk.Events.Count; index++)
        {
            var stored = chunk.Events[index];
            if (transaction.Suppressions.Contain(stored.Payload.Span, transaction.Now))
            {
                Release(transaction, stored.Key);
                erased.Add(index);
                continue;
            }

            var redirected = redirection.KeyOf(stored, chunk.Destination, chunk.CreatedAt);
            var there = stored;
            var isFree =
                !redirected.IsKnown || RedirectedKeys.TryTake(transaction, ref there, redirected, transaction.Now);
            if (isFree)
            {
                moved.Add(there);
                kept.Add(index);
            }
            else
            {
                duplicates.Add(index);
            }

            if (redirected.IsKnown)
            {
                Release(transaction, stored.Key);
            }
        }

        var (events, bytes) = (moved.Events, (long)moved.PayloadBytes);
        var successor = 0L;
        transaction.Chunks.Delete(chunk.Id);
        if (events > 0)
        {
            var destination = chunk.Destination with { DatasetId = redirection.DatasetId };
            successor = transaction.Chunks.Insert(
                transaction.Destinations.RowOf(destination),
                chunk.CreatedAt,
                transaction.Now.ToUnixTimeMilliseconds(),
                attempts: 0,
                moved
            );
        }

        Leave(
            transaction,
            chunk,
            new JournalSettlement(successor, kept, erased, [])
            {
                Discarded = duplicates,
                Dataset = redirection.DatasetId,
            },
            BytesOf(chunk) - bytes
        );
        return new ChangedPending(events, InFlight: 0) { Duplicates = duplicates.Count };
    }

    private static ChangedPending Discard(WriteTransaction transaction, Chunk chunk)
    {
        if (transaction.Chunks.Find(chunk.Id) is null)
        {
            return default;
        }

        foreach (var stored in chunk.Events)
        {
            Release(transaction, stored.Key);
        }

        transaction.Chunks.Delete(chunk.Id);
        Leave(
            transaction,
            chunk,
            JournalSettlement.Delivered with
            {
                Discarded = [.. Enumerable.Range(0, chunk.Events.Count)],
            },
            BytesOf(chunk)
        );
        return new ChangedPending(chunk.Events.Count, InFlight: 0);
    }

    /// <summary>
    /// Releases the key of an event that waits. Such an event is the only one that can have it, also a key of an
    /// earlier version, which does not show who has it: that version accepted no other copy, and this one takes no
    /// such keys.
    /// </summary>
    private static void Release(WriteTransaction transaction, DeduplicationKey key)
    {
        transaction.Keys.Release(key, transaction.Now);
        transaction.Keys.ReleaseOfEveryConnection(key, transaction.Now);
    }

    private static void Leave(WriteTransaction transaction, Chunk chunk, JournalSettlement settlement, long bytes)
    {
        var (connection, events) = (chunk.Destination.Connection, chunk.Events.Count);
        transaction.Journal.Settled(connection, chunk.Id, events, chunk.Attempts, settlement, transaction.Now);
        transaction.Ledger.Left(
            connection,
            delivered: 0,
            failed: 0,
            discarded: settlement.Erased.Count + settlement.Discarded.Count,
            bytes,
            transaction.Now
        );
    }

    private static long BytesOf(Chunk chunk) => chunk.Events.Sum(stored => (long)stored.Payload.Length);

    private static ChangedPending Sum(IEnumerable<ChangedPending> each) =>
        each.Aggregate(default(ChangedPending), (sum, one) => sum + one);
}
