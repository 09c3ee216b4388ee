using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>The rows of the failed list.</summary>
internal static class FailedRows
{
    /// <summary>Adds events of one destination.</summary>
    /// <returns>Their numbers on the list, in their order.</returns>
    public static async Task<IReadOnlyList<long>> InsertAsync(
        WriteTransaction transaction,
        Destination destination,
        IReadOnlyList<FailedRow> rows
    )
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var digest = DestinationRow.Of(destination).Digest;
        var numbers = await transaction.Database.QueryAsync(
            """
            INSERT INTO offlineconversions.failed (
                destination, failed_at, encrypted, attempts, reason, code, subcode, title, trace_id, field, content)
            SELECT $1, $2, $3, * FROM unnest(
                $4::int[], $5::text[], $6::int[], $7::int[], $8::text[], $9::text[], $10::text[], $11::bytea[])
            RETURNING id
            """,
            row => row.GetInt64(0),
            await transaction.DestinationAsync(destination),
            transaction.Database.NowMilliseconds,
            transaction.IsEncrypted,
            Column(rows, row => row.Attempts),
            Column(rows, row => row.Burial.Reason),
            Column(rows, row => row.Burial.Code),
            Column(rows, row => row.Burial.Subcode),
            Column(rows, row => row.Burial.Title),
            Column(rows, row => row.Burial.TraceId),
            Column(rows, row => row.Burial.Field),
            Column(rows, row => transaction.Write(Content(row.Event, digest)))
        );

        // Each row takes the next number, in the order of the arrays.
        numbers.Sort();
        return numbers;
    }

    /// <summary>Adds the events of a chunk that cannot be read. The damaged bytes are not kept.</summary>
    /// <returns>Their numbers on the list.</returns>
    public static Task<List<long>> InsertUnreadableAsync(
        WriteTransaction transaction,
        int destination,
        int events,
        int attempts
    ) =>
        transaction.Database.QueryAsync(
            """
            INSERT INTO offlineconversions.failed (destination, failed_at, attempts, reason, encrypted, content)
            SELECT $1, $2, $3, $4, false, '' FROM generate_series(1, $5) RETURNING id
            """,
            row => row.GetInt64(0),
            destination,
            transaction.Database.NowMilliseconds,
            attempts,
            UnreadableReason,
            events
        );

    /// <summary>The reason of an event that cannot be read.</summary>
    public const string UnreadableReason = "unreadable";

    private static byte[] Content(StoredEvent stored, long digest)
    {
        var content = new ChunkBuilder();
        content.Add(stored);
        return content.Complete(digest).ToArray();
    }

    private static T[] Column<T>(IReadOnlyList<FailedRow> rows, Func<FailedRow, T> of) => [.. rows.Select(of)];
}

/// <summary>An event that moves to the failed list.</summary>
internal sealed record FailedRow(StoredEvent Event, Burial Burial, int Attempts);
