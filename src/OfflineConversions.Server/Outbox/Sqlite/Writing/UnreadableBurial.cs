namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>Moves a chunk whose content or destination is damaged to the failed list.</summary>
internal static class UnreadableBurial
{
    /// <summary>Moves it, unless it is gone or can be read after all.</summary>
    public static void Bury(WriteTransaction transaction, long id)
    {
        if (transaction.Chunks.FindUnreadable(id, transaction.Encryption) is not { } found)
        {
            return;
        }

        // If its destination is what changed, new events get a row of their own.
        transaction.Destinations.Forget();
        transaction.Chunks.Delete(id);
        transaction.Failed.Insert(found.Chunk, transaction.Now);
        transaction.Ledger.Left(
            found.Connection,
            delivered: 0,
            failed: (int)found.Chunk.Events,
            discarded: 0,
            found.Bytes,
            transaction.Now
        );
    }

    /// <summary>Queues the move. If the outbox closes first, the next lease finds the chunk again.</summary>
    public static async Task BuryAsync(WriteQueue queue, long id)
    {
        try
        {
            await queue.ChangeAsync(transaction => Bury(transaction, id));
        }
        catch (Exception closed) when (closed is ObjectDisposedException or OperationCanceledException) { }
    }
}
