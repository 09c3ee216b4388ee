using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>Leased chunks that cannot be read.</summary>
internal static class UnreadableRows
{
    /// <summary>More than any chunk holds.</summary>
    private const int MostEvents = 10_000;

    /// <summary>Returns a chunk for later.</summary>
    public static Task<int> PostponeAsync(WriteTransaction transaction, long id, long fence, DateTimeOffset due) =>
        transaction.Database.ExecuteAsync(
            """
            UPDATE offlineconversions.work SET due_at = $3, lease_end = 0, owner = NULL WHERE id = $1 AND fence = $2
            """,
            id,
            fence,
            due.ToUnixTimeMilliseconds()
        );

    /// <summary>
    /// Moves a damaged chunk to the failed list, a row for each event, so that they are counted like others.
    /// </summary>
    /// <returns><see langword="null"/> if the lease is no longer current.</returns>
    public static async Task<DamagedEvents?> BuryAsync(WriteTransaction transaction, UnreadableChunk chunk)
    {
        var left = await transaction.Database.QueryAsync(
            "DELETE FROM offlineconversions.work WHERE id = $1 AND fence = $2 RETURNING connection",
            row => row.GetString(0),
            chunk.Id,
            chunk.Fence
        );
        if (left.Count == 0)
        {
            return null;
        }

        var connection = chunk.Destination?.Connection ?? left[0];
        var events = Math.Clamp(chunk.Events, 1, MostEvents);
        var numbers = await FailedRows.InsertUnreadableAsync(transaction, chunk.DestinationId, events, chunk.Attempts);
        transaction.Journal.Bury(
            connection,
            chunk.Id,
            chunk.Attempts,
            [
                .. numbers
                    .Order()
                    .Select((number, place) => new JournalFailure(place, number, FailedRows.UnreadableReason, null)),
            ]
        );
        transaction.Ledger.Left(connection, delivered: 0, failed: events, discarded: 0, chunk.Bytes, transaction.Now);
        return new DamagedEvents(connection, chunk.Destination?.DatasetId ?? "", events);
    }
}

/// <summary>A leased chunk whose content is damaged, as its row states it.</summary>
internal readonly record struct UnreadableChunk(
    long Id,
    long Fence,
    int DestinationId,
    DestinationRow? Destination,
    int Events,
    long Bytes,
    int Attempts
);
