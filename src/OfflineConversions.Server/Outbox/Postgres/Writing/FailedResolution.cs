using OfflineConversions.Server.Outbox.Journal;
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
    public static Task<ResolvedSlice> ResolveAsync(
        WriteTransaction transaction,
        FailedSelection selection,
        Resolution resolution,
        FailedSlice slice,
        Redirection? redirection = null
    ) => ResolveAsync(transaction, selection, new Resolving(resolution, StateAfter(resolution), redirection), slice);

    /// <summary>Removes selected events of an erased person.</summary>
    public static Task<ResolvedSlice> EraseAsync(
        WriteTransaction transaction,
        FailedSelection selection,
        FailedSlice slice
    ) => ResolveAsync(transaction, selection, new Resolving(Resolution.Discard, DeliveryState.Erased), slice);

    private static async Task<ResolvedSlice> ResolveAsync(
        WriteTransaction transaction,
        FailedSelection selection,
        Resolving resolving,
        FailedSlice slice
    )
    {
        var rows = await ReadAsync(
            transaction.Database,
            $"{Rows} WHERE {FailedCondition.Sql} AND f.id > $6 AND f.id <= $7 ORDER BY f.id LIMIT $8 FOR UPDATE OF f",
            [.. FailedCondition.Values(selection), slice.After, slice.Last, slice.Most]
        );
        var (resolved, skipped) = await ResolveAsync(transaction, rows, resolving);
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
        await ResolveAsync(transaction, rows, new Resolving(Resolution.Expire, DeliveryState.Expired));
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
        Resolving resolving
    )
    {
        var (resolution, _, redirection) = resolving;
        var replays =
            resolution == Resolution.Replay ? await FailedReplays.ReadAsync(transaction, rows, redirection) : [];
        var resolved = new List<long>();
        foreach (var row in rows)
        {
            var (outcome, state, _) = resolving;
            var (bytes, place) = (0, default(ChunkPlace));
            if (resolution == Resolution.Replay)
            {
                if (!replays.TryGetValue(row.Id, out var replay) || replay.IsKeyTaken)
                {
                    continue; // Unreadable, or another copy was accepted since it failed.
                }

                bytes = replay.Event.Payload.Length;
                if (replay.IsErased)
                {
                    (outcome, state) = (Resolution.Discard, DeliveryState.Erased);
                }
                else
                {
                    place = transaction.Fresh.Add(
                        To(row.Destination.Value!, redirection),
                        replay.Event,
                        MostReplayed,
                        transaction.Now
                    );
                }
            }

            resolved.Add(row.Id);
            transaction.Ledger.Resolved(row.Destination.Connection, outcome, bytes);
            transaction.Journal.Resolve(row.Id, state, place, redirection?.DatasetId);
        }

        await transaction.Database.ExecuteAsync(
            "DELETE FROM offlineconversions.failed WHERE id = ANY($1)",
            resolved.ToArray()
        );
        return (resolved.Count, replays.Values.Count(replay => replay.IsKeyTaken));
    }

    private static DeliveryState StateAfter(Resolution resolution) =>
        resolution switch
        {
            Resolution.Replay => DeliveryState.Pending,
            Resolution.Discard => DeliveryState.Discarded,
            _ => DeliveryState.Expired,
        };

    private static Destination To(Destination destination, Redirection? redirection) =>
        redirection is null ? destination : destination with { DatasetId = redirection.DatasetId };

    /// <param name="Resolution">How an event leaves the list.</param>
    /// <param name="State">What the journal says of it afterwards.</param>
    /// <param name="Redirection">To which dataset it is replayed; <see langword="null"/> for its own.</param>
    private readonly record struct Resolving(
        Resolution Resolution,
        DeliveryState State,
        Redirection? Redirection = null
    );
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
