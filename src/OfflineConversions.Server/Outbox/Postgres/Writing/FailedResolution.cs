using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>Removes events from the failed list.</summary>
internal static class FailedResolution
{
    /// <summary>
    /// The outbox has no access to a connection's batch size; delivery splits a chunk that exceeds it.
    /// </summary>
    private const int MostReplayed = 1000;

    private const string Rows = $"""
        SELECT f.id, f.failed_at, f.encrypted, f.content, {DestinationRow.Columns}
        FROM offlineconversions.failed AS f JOIN offlineconversions.destinations AS d ON d.id = f.destination
        """;

    /// <summary>Resolves selected events between two numbers, at most so many.</summary>
    public static async Task<ResolvedSlice> ResolveAsync(
        WriteTransaction transaction,
        FailedSelection selection,
        Resolution resolution,
        FailedSlice slice,
        Redirection? redirection = null
    )
    {
        var rows = await ReadAsync(
            transaction.Database,
            $"{Rows} WHERE {FailedCondition.Sql} AND f.id > $6 AND f.id <= $7 ORDER BY f.id LIMIT $8 FOR UPDATE OF f",
            [.. FailedCondition.Values(selection), slice.After, slice.Last, slice.Most]
        );
        var (resolved, skipped) = await ResolveAsync(transaction, rows, resolution, redirection);
        return new ResolvedSlice(rows.Count > 0 ? rows[^1].Id : slice.Last, resolved, skipped);
    }

    /// <summary>Removes events that failed before a time, the oldest first, at most so many.</summary>
    public static async Task ExpireAsync(WriteTransaction transaction, DateTimeOffset before, int most)
    {
        var rows = await ReadAsync(
            transaction.Database,
            $"{Rows} WHERE f.failed_at < $1 ORDER BY f.failed_at LIMIT $2 FOR UPDATE OF f SKIP LOCKED",
            [before.ToUnixTimeMilliseconds(), most]
        );
        await ResolveAsync(transaction, rows, Resolution.Expire);
    }

    private static Task<List<ListedRow>> ReadAsync(DatabaseTransaction transaction, string sql, object?[] values) =>
        transaction.QueryAsync(
            sql,
            row => new ListedRow(
                row.GetInt64(0),
                ChunkFormat.ReadTime(row.GetInt64(1)),
                new StoredContent(row.GetFieldValue<byte[]>(3), row.GetBoolean(2)),
                DestinationRow.Read(row, 4)
            ),
            values
        );

    private static async Task<(int Resolved, int Skipped)> ResolveAsync(
        WriteTransaction transaction,
        List<ListedRow> rows,
        Resolution resolution,
        Redirection? redirection = null
    )
    {
        var replays =
            resolution == Resolution.Replay ? await FailedReplays.ReadAsync(transaction, rows, redirection) : [];
        var resolved = new List<long>();
        foreach (var row in rows)
        {
            var outcome = resolution;
            var bytes = 0;
            if (resolution == Resolution.Replay)
            {
                if (!replays.TryGetValue(row.Id, out var replay) || replay.IsKeyTaken)
                {
                    continue; // Unreadable, or another copy was accepted since it failed.
                }

                bytes = replay.Event.Payload.Length;
                outcome = replay.IsErased ? Resolution.Discard : Resolution.Replay;
                if (outcome == Resolution.Replay)
                {
                    transaction.Fresh.Add(
                        To(row.Destination.Value!, redirection),
                        replay.Event,
                        MostReplayed,
                        transaction.Now
                    );
                }
            }

            resolved.Add(row.Id);
            transaction.Ledger.Resolved(row.Destination.Connection, outcome, bytes);
        }

        await transaction.Database.ExecuteAsync(
            "DELETE FROM offlineconversions.failed WHERE id = ANY($1)",
            resolved.ToArray()
        );
        return (resolved.Count, replays.Values.Count(replay => replay.IsKeyTaken));
    }

    private static Destination To(Destination destination, Redirection? redirection) =>
        redirection is null ? destination : destination with { DatasetId = redirection.DatasetId };
}

/// <summary>A row of the failed list.</summary>
internal sealed record ListedRow(long Id, DateTimeOffset FailedAt, StoredContent Content, DestinationRow Destination);

/// <summary>A part of the failed list.</summary>
/// <param name="After">The number before its first event.</param>
/// <param name="Last">The number of its last event.</param>
/// <param name="Most">The most events to take.</param>
internal readonly record struct FailedSlice(long After, long Last, int Most);

/// <summary>A resolved part of the failed list.</summary>
/// <param name="Last">The number up to which the list was resolved.</param>
/// <param name="Events">The number of removed events.</param>
/// <param name="Skipped">The number of events that were not replayed, because another copy has their key.</param>
internal readonly record struct ResolvedSlice(long Last, int Events, int Skipped);
