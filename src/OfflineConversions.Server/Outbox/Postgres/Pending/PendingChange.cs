using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres.Pending;

/// <summary>What an operator does to chunks that wait. The transaction has claimed them.</summary>
internal static class PendingChange
{
    /// <summary>Moves them to another dataset.</summary>
    public static async Task<ChangedPending> RedirectAsync(
        WriteTransaction transaction,
        IReadOnlyList<Chunk> chunks,
        Redirection redirection
    )
    {
        var moves = chunks.Select(chunk => MovesOf(transaction, chunk, redirection)).ToArray();
        await MovedKeys.TakeAsync(
            transaction,
            [.. moves.SelectMany(each => each).Where(move => move.IsKeyKnown && !move.Event.IsErased).Select(Moved)]
        );
        var total = new ChangedPending();
        foreach (var (chunk, each) in chunks.Zip(moves))
        {
            total += Move(transaction, chunk, each, redirection.DatasetId);
        }

        await DeleteAsync(transaction, chunks);
        await KeyRows.EraseAsync(
            transaction.Database,
            [
                .. moves
                    .SelectMany(each => each)
                    .Where(move => move.IsKeyKnown || move.Event.IsErased)
                    .Select(move => move.Before.Key),
            ]
        );
        return total;
    }

    /// <summary>Gives them up.</summary>
    public static async Task<ChangedPending> DiscardAsync(WriteTransaction transaction, IReadOnlyList<Chunk> chunks)
    {
        foreach (var chunk in chunks)
        {
            var all = JournalSettlement.Delivered with { Discarded = [.. Enumerable.Range(0, chunk.Events.Count)] };
            Leave(transaction, chunk, all, successor: null, BytesOf(chunk.Events));
        }

        await DeleteAsync(transaction, chunks);
        await KeyRows.EraseAsync(
            transaction.Database,
            [.. chunks.SelectMany(chunk => chunk.Events).Select(stored => stored.Key)]
        );
        return new ChangedPending(chunks.Sum(chunk => (long)chunk.Events.Count), InFlight: 0);
    }

    /// <summary>Ends the halt of a dataset if nothing waits there.</summary>
    /// <returns>Whether nothing waits.</returns>
    public static async Task<bool> EndHaltIfEmptyAsync(DatabaseTransaction transaction, PendingScope scope)
    {
        var any = await transaction.QueryAsync(
            """
            SELECT EXISTS (SELECT FROM offlineconversions.work WHERE destination IN (
                SELECT id FROM offlineconversions.destinations WHERE connection = $1 AND dataset = $2))
            """,
            row => row.GetBoolean(0),
            scope.Connection,
            scope.DatasetId
        );
        if (!any[0])
        {
            await transaction.ExecuteAsync(
                "DELETE FROM offlineconversions.halts WHERE connection = $1 AND dataset = $2",
                scope.Connection,
                scope.DatasetId
            );
        }

        return !any[0];
    }

    private static PlannedMove[] MovesOf(WriteTransaction transaction, Chunk chunk, Redirection redirection) =>
        [
            .. chunk.Events.Select(stored =>
            {
                var redirected = redirection.KeyOf(stored, chunk.Destination, chunk.CreatedAt);
                return new PlannedMove(
                    stored,
                    new MovedEvent(
                        redirected.IsKnown ? stored with { Key = redirected.Key } : stored,
                        transaction.Now,
                        transaction.Suppressions.Contain(stored.Payload.Span, transaction.Now)
                    )
                    {
                        Older = redirected.Older,
                    },
                    redirected.IsKnown
                );
            }),
        ];

    private static MovedEvent Moved(PlannedMove move) => move.Event;

    private static ChangedPending Move(WriteTransaction transaction, Chunk chunk, PlannedMove[] moves, string dataset)
    {
        var erased = PlacesOf(moves, moved => moved.IsErased);
        var duplicates = PlacesOf(moves, moved => !moved.IsErased && moved.IsKeyTaken);
        var kept = PlacesOf(moves, moved => !moved.IsErased && !moved.IsKeyTaken);
        var events = Array.ConvertAll(kept, place => moves[place].Event.Event);
        var there = chunk with { Destination = chunk.Destination with { DatasetId = dataset }, Events = events };
        Leave(
            transaction,
            chunk,
            new JournalSettlement(Successor: 0, kept, erased, []) { Discarded = duplicates, Dataset = dataset },
            events.Length > 0 ? transaction.Fresh.Add(there, transaction.Now, attempts: 0) : null,
            BytesOf(chunk.Events) - BytesOf(events)
        );
        return new ChangedPending(kept.Length, InFlight: 0) { Duplicates = duplicates.Length };
    }

    private static int[] PlacesOf(PlannedMove[] moves, Func<MovedEvent, bool> isSelected) =>
        [.. moves.Index().Where(move => isSelected(move.Item.Event)).Select(move => move.Index)];

    private static Task<int> DeleteAsync(WriteTransaction transaction, IReadOnlyList<Chunk> chunks) =>
        transaction.Database.ExecuteAsync(
            "DELETE FROM offlineconversions.work WHERE id = ANY($1)",
            chunks.Select(chunk => chunk.Id).ToArray()
        );

    private static void Leave(
        WriteTransaction transaction,
        Chunk chunk,
        JournalSettlement settlement,
        ChunkNumber? successor,
        long bytes
    )
    {
        transaction.Journal.Settle(chunk, chunk.Attempts, settlement, successor);
        transaction.Ledger.Left(
            chunk.Destination.Connection,
            delivered: 0,
            failed: 0,
            discarded: settlement.Erased.Count + settlement.Discarded.Count,
            bytes,
            transaction.Now
        );
    }

    private static long BytesOf(IEnumerable<StoredEvent> events) => events.Sum(stored => (long)stored.Payload.Length);

    /// <param name="Before">The event as it was.</param>
    /// <param name="Event">The event as it will be.</param>
    /// <param name="IsKeyKnown">
    /// Whether its key at the new dataset is known. Otherwise it keeps the one that it has.
    /// </param>
    private sealed record PlannedMove(StoredEvent Before, MovedEvent Event, bool IsKeyKnown);
}
