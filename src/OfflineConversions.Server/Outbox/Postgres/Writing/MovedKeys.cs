namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>Takes the deduplication keys of events that are sent again, or to another dataset.</summary>
internal static class MovedKeys
{
    /// <summary>
    /// Takes the keys of events for what was left of their windows when those stopped, in the order of the events. An
    /// event whose key another copy has is marked. A key of an earlier version was never released.
    /// </summary>
    public static async Task TakeAsync(WriteTransaction transaction, IReadOnlyList<MovedEvent> events)
    {
        var keyed = events.Where(moved => moved.Event.Key.HasEnd).ToArray();
        var known = await KeyRows.TakenAsync(transaction.Database, Array.ConvertAll(keyed, moved => moved.Event.Key));
        var older = await OlderAsync(transaction, keyed);
        var wanted = new Dictionary<UInt128, MovedEvent>();
        foreach (var moved in keyed)
        {
            var key = moved.Event.Key;
            moved.IsKeyTaken =
                known.Contains(key.Digest)
                || wanted.ContainsKey(key.Digest)
                || (moved.Older.Exists && older.Contains(moved.Older.Stored));
            if (!moved.IsKeyTaken && key.End > moved.Since)
            {
                var own = key.EndingAt(transaction.Now + (key.End - moved.Since));
                moved.Event = moved.Event with { Key = own };
                wanted.Add(key.Digest, moved);
            }
        }

        var taken = await KeyRows.TakeAsync(transaction.Database, [.. wanted.Values.Select(moved => moved.Event.Key)]);
        foreach (var (digest, moved) in wanted)
        {
            moved.IsKeyTaken = !taken.Contains(digest);
        }
    }

    /// <summary>Those keys of an earlier version that hold at the new datasets.</summary>
    private static async Task<HashSet<UInt128>> OlderAsync(
        WriteTransaction transaction,
        IEnumerable<MovedEvent> events
    ) =>
        transaction.Rows.OlderKeysEnd <= transaction.Now.ToUnixTimeSeconds()
            ? []
            : await KeyRows.OlderAsync(
                transaction.Database,
                [.. events.Where(moved => moved.Older.Exists).Select(moved => moved.Older)]
            );
}

/// <summary>An event that is sent again, or to another dataset.</summary>
/// <param name="stored">The event.</param>
/// <param name="since">When the window of its key stopped: now, or when it failed.</param>
/// <param name="isErased">Whether its person was erased.</param>
internal sealed class MovedEvent(StoredEvent stored, DateTimeOffset since, bool isErased)
{
    /// <summary>The event, with the key that it takes.</summary>
    public StoredEvent Event { get; set; } = stored;

    public DateTimeOffset Since => since;

    public bool IsErased => isErased;

    /// <summary>The key that an earlier version gave it at its new dataset, if it has one.</summary>
    public DeduplicationKey Older { get; init; }

    /// <summary>Whether another copy has its key.</summary>
    public bool IsKeyTaken { get; set; }
}
