using OfflineConversions.Server.Outbox.Postgres.Reading;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres.Pending;

/// <summary>
/// The waiting events of a PostgreSQL outbox. A change locks free chunks like a claim, so no event is sent and moved at
/// once, and writes each group in one transaction: a crash leaves the rest where it was.
/// </summary>
internal sealed class PostgresPendingList(PendingReader reader, ChunkClaims claims, Leasing leasing, WriterParts parts)
    : IPendingList
{
    /// <inheritdoc/>
    public async ValueTask<PendingPage> PendingAsync(PendingQuery query, CancellationToken cancellationToken) =>
        await reader.PageAsync(query, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<PendingCount> CountPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        await reader.CountAsync(scope, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedPending> RedirectAsync(
        PendingScope scope,
        Redirection redirection,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            scope,
            (transaction, chunks) => PendingChange.RedirectAsync(transaction, chunks, redirection),
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask<ChangedPending> DiscardPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        ChangeAsync(scope, PendingChange.DiscardAsync, cancellationToken);

    private async ValueTask<ChangedPending> ChangeAsync(
        PendingScope scope,
        Func<WriteTransaction, IReadOnlyList<Chunk>, Task<ChangedPending>> change,
        CancellationToken cancellationToken
    )
    {
        var last = await reader.LastAsync(cancellationToken);
        var total = new ChangedPending();
        var after = 0L;
        while (after < last)
        {
            var slice = await reader.NextAsync(scope, after, last);
            after = slice.Last;
            foreach (var group in slice.Groups())
            {
                total += await ChangeAsync(group, change);
            }
        }

        return total with
        {
            IsEmpty = await parts.Database.RunAsync(
                transaction => PendingChange.EndHaltIfEmptyAsync(transaction, scope),
                CancellationToken.None
            ),
        };
    }

    /// <summary>
    /// Changes those of some chunks that are not in flight. The damaged ones move to the failed list.
    /// </summary>
    private async Task<ChangedPending> ChangeAsync(
        long[] chunks,
        Func<WriteTransaction, IReadOnlyList<Chunk>, Task<ChangedPending>> change
    )
    {
        var unreadable = new List<ClaimedRow>();
        var changed = await WriteTransaction.RunAsync(parts, async transaction =>
        {
            var rows = await claims.ClaimAsync(transaction.Database, chunks);
            var free = new List<Chunk>();
            unreadable.Clear();
            foreach (var row in rows)
            {
                if (leasing.Read(row) is { } chunk)
                {
                    free.Add(chunk);
                }
                else
                {
                    unreadable.Add(row);
                }
            }

            var done = await change(transaction, free);
            var inFlight = await transaction.Database.QueryAsync(
                """
                SELECT coalesce(sum(events), 0)::bigint FROM offlineconversions.work
                WHERE id = ANY($1) AND id <> ALL($2)
                """,
                row => row.GetInt64(0),
                chunks,
                rows.ConvertAll(row => row.Id).ToArray()
            );
            return done with { InFlight = inFlight[0] };
        });
        foreach (var row in unreadable)
        {
            await leasing.PutAwayAsync(row);
        }

        return changed;
    }
}
