using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Moves a chunk whose content or destination is damaged to the failed list. Its deduplication keys are released, as
/// far as they can still be read, so that its events can be sent to the service again.
/// </summary>
/// <param name="queue">Where the move waits for its transaction.</param>
/// <param name="report">Is called for each chunk that was moved.</param>
internal sealed class UnreadableBurial(WriteQueue queue, Action<DamagedEvents> report)
{
    /// <summary>Moves it. If the outbox closes first, the next lease finds the chunk again.</summary>
    public async Task BuryAsync(long id)
    {
        try
        {
            if (await queue.ChangeAsync(transaction => Bury(transaction, id)) is { } buried)
            {
                report(buried);
            }
        }
        catch (Exception closed) when (closed is ObjectDisposedException or OperationCanceledException) { }
    }

    /// <summary>Moves it, unless it is gone or can be read after all.</summary>
    private static DamagedEvents? Bury(WriteTransaction transaction, long id)
    {
        if (transaction.Chunks.FindUnreadable(id, transaction.Encryption) is not { } found)
        {
            return null;
        }

        // If its destination is what changed, new events get a row of their own.
        transaction.Destinations.Forget();
        transaction.Chunks.Delete(id);
        transaction.Journal.Settled(
            found.Destination.Connection,
            id,
            (int)found.Chunk.Events,
            (int)Math.Clamp(found.Chunk.Attempts, 0, int.MaxValue),
            transaction.Failed.Insert(found.Chunk, transaction.Now),
            transaction.Now
        );
        foreach (var key in found.Keys)
        {
            transaction.Keys.Release(key, transaction.Now);
        }

        var kept = KeepIntact(transaction, found);
        transaction.Ledger.Left(
            found.Destination.Connection,
            delivered: 0,
            failed: (int)found.Chunk.Events,
            discarded: found.Intact.Count - kept.Events,
            found.Bytes - kept.PayloadBytes,
            transaction.Now
        );
        return new DamagedEvents(found.Destination.Connection, found.Destination.DatasetId, (int)found.Chunk.Events);
    }

    /// <summary>The intact events stay, except those of erased persons. They become a chunk of today's form.</summary>
    private static ChunkBuilder KeepIntact(WriteTransaction transaction, FoundUnreadable found)
    {
        var kept = new ChunkBuilder();
        foreach (var stored in found.Intact)
        {
            if (!transaction.Suppressions.Contain(stored.Payload.Span, transaction.Now))
            {
                kept.Add(stored);
            }
        }

        if (kept.Events > 0)
        {
            transaction.Chunks.Insert(
                transaction.Destinations.RowOf(found.Destination.Value!),
                found.CreatedAt,
                found.DueAt,
                (int)Math.Clamp(found.Chunk.Attempts, 0, int.MaxValue),
                kept
            );
        }

        return kept;
    }
}
