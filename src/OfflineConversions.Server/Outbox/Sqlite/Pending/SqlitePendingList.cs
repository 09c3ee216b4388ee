using OfflineConversions.Server.Outbox.Sqlite.Writing;

namespace OfflineConversions.Server.Outbox.Sqlite.Pending;

/// <summary>
/// The waiting events of a SQLite outbox. A change claims chunks like a delivery, so no event is sent and moved at
/// once, and writes each slice in one transaction: a crash leaves the rest where it was.
/// </summary>
internal sealed class SqlitePendingList(
    PendingReader reader,
    PendingChunks chunks,
    UnreadableBurial burial,
    WriteQueue queue,
    DatabaseFile file
) : IPendingList
{
    /// <inheritdoc/>
    public ValueTask<PendingPage> PendingAsync(PendingQuery query, CancellationToken cancellationToken) =>
        file.NoteDamageOf(reader.PageAsync(query, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<PendingCount> CountPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        file.NoteDamageOf(reader.CountAsync(scope, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ChangedPending> RedirectAsync(
        PendingScope scope,
        Redirection redirection,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            scope,
            (transaction, some) => PendingChange.Redirect(transaction, some, redirection),
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask<ChangedPending> DiscardPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        ChangeAsync(scope, PendingChange.Discard, cancellationToken);

    private async ValueTask<ChangedPending> ChangeAsync(
        PendingScope scope,
        Func<WriteTransaction, IReadOnlyList<Chunk>, ChangedPending> change,
        CancellationToken cancellationToken
    )
    {
        // A moved event gets a higher number, so this ends.
        var last = await file.NoteDamageOf(chunks.LastAsync(cancellationToken));
        var total = new ChangedPending();
        var after = 0L;
        while (after < last)
        {
            var slice = await file.NoteDamageOf(chunks.ClaimAsync(scope, after, last));
            after = slice.Last;
            var done = await ChangeAsync(slice, change);
            total += done with { InFlight = slice.InFlight };
        }

        return total with
        {
            IsEmpty = await queue.ChangeAsync(transaction => PendingChange.EndHaltIfEmpty(transaction, scope)),
        };
    }

    private async Task<ChangedPending> ChangeAsync(
        PendingSlice slice,
        Func<WriteTransaction, IReadOnlyList<Chunk>, ChangedPending> change
    )
    {
        foreach (var damaged in slice.Unreadable)
        {
            await burial.BuryAsync(damaged);
        }

        if (slice.Chunks.Count == 0)
        {
            return default;
        }

        try
        {
            return await queue.ChangeAsync(transaction => change(transaction, slice.Chunks));
        }
        finally
        {
            chunks.Release(slice);
        }
    }
}
