using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// Stores the deliveries of several callers in one transaction: each becomes an event of a fresh chunk, unless it is a
/// duplicate or its person was erased.
/// </summary>
internal static class AppendGroup
{
    /// <summary>Adds the events to the transaction.</summary>
    /// <returns>The result of each operation once the transaction is committed.</returns>
    public static async Task<AppendResult[]> ApplyAsync(
        WriteTransaction transaction,
        IReadOnlyList<AppendOperation> operations
    )
    {
        var erased = operations.Select(operation => FindErased(transaction, operation)).ToArray();
        var wanted = Wanted(transaction, operations, erased);
        var older = await OlderAsync(transaction, operations);
        var taken = await KeyRows.TakeAsync(
            transaction.Database,
            [.. wanted.Where(key => !older.Contains(key.Key)).Select(key => key.Value)]
        );
        return
        [
            .. operations.Select(
                (operation, index) =>
                {
                    var places = new ChunkPlace[operation.Entries.Count];
                    for (var at = 0; at < places.Length; at++)
                    {
                        if (!IsErased(erased[index], at) && IsNew(operation.Keys[at], wanted, taken, out var key))
                        {
                            places[at] = Add(transaction, operation.Entries[at], key);
                        }
                    }

                    var stored = Array.ConvertAll(places, place => place.Chunk is not null);
                    if (operation.Arrivals is { } arrivals)
                    {
                        transaction.Journal.Note(arrivals, stored, erased[index], places, transaction.Now);
                    }

                    return new AppendResult(AppendStatus.Stored, stored, TimeSpan.Zero) { Erased = erased[index] };
                }
            ),
        ];
    }

    /// <summary>The keys that the events want, each with the end of the first one that wants it.</summary>
    private static Dictionary<UInt128, DeduplicationKey> Wanted(
        WriteTransaction transaction,
        IReadOnlyList<AppendOperation> operations,
        bool[][] erased
    )
    {
        var wanted = new Dictionary<UInt128, DeduplicationKey>();
        foreach (var (index, operation) in operations.Index())
        {
            for (var at = 0; at < operation.Entries.Count; at++)
            {
                if (operation.Keys[at] is { Exists: true } key && !IsErased(erased[index], at))
                {
                    wanted.TryAdd(
                        key.Digest,
                        key.EndingAt(transaction.Now + operation.Entries[at].DeduplicationWindow)
                    );
                }
            }
        }

        return wanted;
    }

    /// <summary>Digests of events that an earlier version of the program has stored.</summary>
    private static async Task<HashSet<UInt128>> OlderAsync(
        WriteTransaction transaction,
        IReadOnlyList<AppendOperation> operations
    )
    {
        if (transaction.Rows.OlderKeysEnd <= transaction.Now.ToUnixTimeSeconds())
        {
            return [];
        }

        var candidates = operations
            .SelectMany(operation => operation.Entries.Zip(operation.Keys))
            .Where(pair => pair.Second.Exists)
            .Select(pair =>
                (
                    pair.Second.Digest,
                    Older: DeduplicationKey.OfEveryConnection(
                        pair.First.Delivery.DatasetId,
                        pair.First.Delivery.EventName,
                        pair.First.Delivery.EventId
                    )
                )
            )
            .ToArray();
        var known = await KeyRows.OlderAsync(transaction.Database, [.. candidates.Select(pair => pair.Older)]);
        return [.. candidates.Where(pair => known.Contains(pair.Older.Stored)).Select(pair => pair.Digest)];
    }

    /// <summary>Whether an event is stored: it has no key, or it is the first that gets it.</summary>
    private static bool IsNew(
        DeduplicationKey key,
        Dictionary<UInt128, DeduplicationKey> wanted,
        HashSet<UInt128> taken,
        out DeduplicationKey own
    )
    {
        own = key;
        return !key.Exists || (taken.Remove(key.Digest) && wanted.TryGetValue(key.Digest, out own));
    }

    private static ChunkPlace Add(WriteTransaction transaction, OutboxEntry entry, DeduplicationKey key)
    {
        var delivery = entry.Delivery;
        transaction.Ledger.Accepted(entry.Connection, 1, delivery.Payload.Length);
        return transaction.Fresh.Add(
            new Destination(entry.Connection, entry.Api, delivery.DatasetId, delivery.UploadTag),
            new StoredEvent(delivery.Payload, delivery.ExpiresAt, key) { Trace = entry.Trace },
            entry.ChunkEvents,
            transaction.Now
        );
    }

    private static bool IsErased(bool[] erased, int at) => erased.Length > 0 && erased[at];

    private static bool[] FindErased(WriteTransaction transaction, AppendOperation operation) =>
        transaction.Suppressions.Any
            ?
            [
                .. operation.Entries.Select(entry =>
                    transaction.Suppressions.Contain(entry.Delivery.Payload.Span, transaction.Now)
                ),
            ]
            : [];
}
