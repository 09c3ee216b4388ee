namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>Reads events of the failed list that are to be sent again, and takes their deduplication keys.</summary>
internal static class FailedReplays
{
    /// <summary>What becomes of each readable event, by its number on the list.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="redirection">To which dataset they go; <see langword="null"/> for their own.</param>
    public static async Task<Dictionary<long, FailedReplay>> ReadAsync(
        WriteTransaction transaction,
        List<ListedRow> rows,
        Redirection? redirection
    )
    {
        var replays = new Dictionary<long, FailedReplay>();
        foreach (var row in rows)
        {
            if (row.Content.Read(transaction.Encryption, row.Destination) is { IsReadable: true } content)
            {
                var stored = content.Events[0];
                var redirected = redirection?.KeyOf(stored, row.Destination.Value!, row.FailedAt)
                    ?? RedirectedKey.Unknown;
                replays[row.Id] = new FailedReplay(
                    redirected.IsKnown ? stored with { Key = redirected.Key } : stored,
                    row.FailedAt,
                    transaction.Suppressions.Contain(stored.Payload.Span, transaction.Now)
                )
                {
                    Older = redirected.Older,
                };
            }
        }

        await TakeKeysAsync(transaction, [.. replays.Values.Where(replay => !replay.IsErased)]);
        return replays;
    }

    /// <summary>
    /// Takes the keys of events for what was left of their windows when they failed, so their time on the list does not
    /// count. A key of an earlier version was never released.
    /// </summary>
    private static async Task TakeKeysAsync(WriteTransaction transaction, List<FailedReplay> replays)
    {
        var keyed = replays.FindAll(replay => replay.Event.Key.HasEnd);
        var known = await KeyRows.TakenAsync(transaction.Database, keyed.ConvertAll(replay => replay.Event.Key));
        var older = await OlderAsync(transaction, keyed);
        var wanted = new Dictionary<UInt128, FailedReplay>();
        foreach (var replay in keyed)
        {
            var key = replay.Event.Key;
            replay.IsKeyTaken =
                known.Contains(key.Digest)
                || wanted.ContainsKey(key.Digest)
                || (replay.Older.Exists && older.Contains(replay.Older.Stored));
            if (!replay.IsKeyTaken && key.End > replay.FailedAt)
            {
                var own = key.EndingAt(transaction.Now + (key.End - replay.FailedAt));
                replay.Event = replay.Event with { Key = own };
                wanted.Add(key.Digest, replay);
            }
        }

        var taken = await KeyRows.TakeAsync(
            transaction.Database,
            [.. wanted.Values.Select(replay => replay.Event.Key)]
        );
        foreach (var (digest, replay) in wanted)
        {
            replay.IsKeyTaken = !taken.Contains(digest);
        }
    }

    /// <summary>Those keys of an earlier version that hold at the new datasets.</summary>
    private static async Task<HashSet<UInt128>> OlderAsync(WriteTransaction transaction, List<FailedReplay> replays) =>
        transaction.Rows.OlderKeysEnd <= transaction.Now.ToUnixTimeSeconds()
            ? []
            : await KeyRows.OlderAsync(
                transaction.Database,
                [.. replays.Where(replay => replay.Older.Exists).Select(replay => replay.Older)]
            );
}

/// <summary>An event of the failed list that is to be sent again.</summary>
/// <param name="stored">The event.</param>
/// <param name="failedAt">When it failed.</param>
/// <param name="isErased">Whether its person was erased.</param>
internal sealed class FailedReplay(StoredEvent stored, DateTimeOffset failedAt, bool isErased)
{
    /// <summary>The event, with the key that it takes.</summary>
    public StoredEvent Event { get; set; } = stored;

    public DateTimeOffset FailedAt => failedAt;

    public bool IsErased => isErased;

    /// <summary>The key that an earlier version gave it at its new dataset, if it has one.</summary>
    public DeduplicationKey Older { get; init; }

    /// <summary>Whether another copy was accepted since it failed.</summary>
    public bool IsKeyTaken { get; set; }
}
