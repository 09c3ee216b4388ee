namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>Reads events of the failed list that are to be sent again, and takes their deduplication keys.</summary>
internal static class FailedReplays
{
    /// <summary>What becomes of each readable event, by its number on the list.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="redirection">To which dataset they go; <see langword="null"/> for their own.</param>
    public static async Task<Dictionary<long, MovedEvent>> ReadAsync(
        WriteTransaction transaction,
        List<ListedRow> rows,
        Redirection? redirection
    )
    {
        var replays = new Dictionary<long, MovedEvent>();
        foreach (var row in rows)
        {
            if (row.Content.Read(transaction.Encryption, row.Destination) is { IsReadable: true } content)
            {
                var stored = content.Events[0];
                var redirected = redirection?.KeyOf(stored, row.Destination.Value!, row.FailedAt)
                    ?? RedirectedKey.Unknown;
                replays[row.Id] = new MovedEvent(
                    redirected.IsKnown ? stored with { Key = redirected.Key } : stored,
                    row.FailedAt,
                    transaction.Suppressions.Contain(stored.Payload.Span, transaction.Now)
                )
                {
                    Older = redirected.Older,
                };
            }
        }

        await MovedKeys.TakeAsync(transaction, [.. replays.Values.Where(replay => !replay.IsErased)]);
        return replays;
    }
}
