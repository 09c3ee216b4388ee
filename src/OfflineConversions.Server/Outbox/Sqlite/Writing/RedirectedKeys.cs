namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>Gives an event that goes to another dataset the deduplication key that it would have had there.</summary>
internal static class RedirectedKeys
{
    /// <summary>
    /// Takes the key of an event at its new dataset for what was left of its window at a time. False if another copy
    /// has it.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="stored">The event; it gets the key.</param>
    /// <param name="redirected">The key.</param>
    /// <param name="since">When its window stopped: now, or when the event failed.</param>
    public static bool TryTake(
        WriteTransaction transaction,
        ref StoredEvent stored,
        RedirectedKey redirected,
        DateTimeOffset since
    )
    {
        var (key, now) = (redirected.Key, transaction.Now);
        if (transaction.Keys.IsTaken(key, now) || transaction.Keys.IsTaken(redirected.Older, now))
        {
            return false;
        }

        if (key.End > since)
        {
            transaction.Keys.TryTake(key, now, key.End - since, out key);
        }

        stored = stored with { Key = key };
        return true;
    }
}
