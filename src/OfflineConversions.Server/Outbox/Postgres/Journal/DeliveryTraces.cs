using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Journal;

/// <summary>
/// Follows deliveries from the chunks where they were stored to what became of them, all of them one step at a time, so
/// that the number of queries is that of the steps. A chunk that was settled in part is followed by the chunk of what
/// was kept; a failed event that was replayed goes on in another chunk.
/// </summary>
internal static class DeliveryTraces
{
    /// <summary>More than any delivery makes; damaged rows could name a chunk that follows itself.</summary>
    private const int MostSteps = 10_000;

    /// <summary>Follows deliveries. The transaction sees one snapshot.</summary>
    public static async Task FollowAsync(DatabaseTransaction transaction, IReadOnlyList<TracedDelivery> deliveries)
    {
        var open = deliveries.ToList();
        for (var step = 0; step < MostSteps && open.Count > 0; step++)
        {
            var settled = await SettledAsync(transaction, open);
            await AnswerAsync(transaction, open);
            var failed = new List<TracedDelivery>();
            open.RemoveAll(delivery =>
            {
                if (!settled.TryGetValue(delivery.Chunk, out var settlement))
                {
                    return true; // It waits there, or nothing is known of it.
                }

                delivery.Follow(settlement);
                if (delivery.Failure is not null)
                {
                    failed.Add(delivery);
                }

                return delivery.Result is not null;
            });
            await ResolveAsync(transaction, failed);
            open.RemoveAll(delivery => delivery.Result is not null);
        }

        await FindWaitingAsync(transaction, [.. deliveries.Where(delivery => delivery.Result is null)]);
    }

    private static async Task<Dictionary<long, SettledChunk>> SettledAsync(
        DatabaseTransaction transaction,
        List<TracedDelivery> open
    )
    {
        var rows = await transaction.QueryAsync(
            """
            SELECT chunk, at, attempts, content FROM offlineconversions.journal_settled WHERE chunk = ANY($1)
            """,
            row =>
                JournalSettlement.Read(row.GetFieldValue<byte[]>(3)) is { } content
                    ? new SettledChunk(row.GetInt64(0), ChunkFormat.ReadTime(row.GetInt64(1)), row.GetInt32(2), content)
                    : null,
            (object)open.Select(delivery => delivery.Chunk).Distinct().ToArray()
        );
        return rows.OfType<SettledChunk>().ToDictionary(row => row.Chunk);
    }

    /// <summary>What Meta said last to the chunks where they are, while these waited.</summary>
    private static async Task AnswerAsync(DatabaseTransaction transaction, List<TracedDelivery> open)
    {
        var answers = (
            await transaction.QueryAsync(
                """
                SELECT chunk, code, subcode, title, trace_id, field FROM offlineconversions.journal_answers
                WHERE chunk = ANY($1)
                """,
                row =>
                    KeyValuePair.Create(
                        row.GetInt64(0),
                        new MetaAnswer(
                            row.IsDBNull(1) ? null : row.GetInt32(1),
                            row.IsDBNull(2) ? null : row.GetInt32(2),
                            row.IsDBNull(3) ? null : row.GetString(3),
                            row.IsDBNull(4) ? null : row.GetString(4),
                            row.IsDBNull(5) ? null : row.GetString(5)
                        )
                    ),
                (object)open.Select(delivery => delivery.Chunk).Distinct().ToArray()
            )
        ).ToDictionary();
        foreach (var delivery in open)
        {
            delivery.Hear(answers.GetValueOrDefault(delivery.Chunk));
        }
    }

    /// <summary>What became of events of the failed list.</summary>
    private static async Task ResolveAsync(DatabaseTransaction transaction, List<TracedDelivery> failed)
    {
        if (failed.Count == 0)
        {
            return;
        }

        var numbers = failed.Select(delivery => delivery.Failure!.Number).Distinct().ToArray();
        var resolved = (
            await transaction.QueryAsync(
                """
                SELECT failed, state, at, chunk, place, dataset FROM offlineconversions.journal_resolved
                WHERE failed = ANY($1)
                """,
                row => new ResolvedFailure(
                    row.GetInt64(0),
                    (DeliveryState)row.GetInt16(1),
                    ChunkFormat.ReadTime(row.GetInt64(2)),
                    row.GetInt64(3),
                    row.GetInt32(4),
                    row.IsDBNull(5) ? null : row.GetString(5)
                ),
                (object)numbers
            )
        ).ToDictionary(row => row.Failed);
        var listed = (
            await transaction.QueryAsync(
                "SELECT id FROM offlineconversions.failed WHERE id = ANY($1)",
                row => row.GetInt64(0),
                (object)numbers
            )
        ).ToHashSet();
        foreach (var delivery in failed)
        {
            var number = delivery.Failure!.Number;
            delivery.Resolve(resolved.GetValueOrDefault(number), listed.Contains(number));
        }
    }

    private static async Task FindWaitingAsync(DatabaseTransaction transaction, TracedDelivery[] waiting)
    {
        var rows = (
            await transaction.QueryAsync(
                "SELECT id, attempts, created_at, due_at FROM offlineconversions.work WHERE id = ANY($1)",
                row => new WaitingRow(
                    row.GetInt64(0),
                    row.GetInt32(1),
                    ChunkFormat.ReadTime(row.GetInt64(2)),
                    ChunkFormat.ReadTime(row.GetInt64(3))
                ),
                (object)waiting.Select(delivery => delivery.Chunk).Distinct().ToArray()
            )
        ).ToDictionary(row => row.Chunk);
        foreach (var delivery in waiting)
        {
            delivery.Wait(rows.GetValueOrDefault(delivery.Chunk));
        }
    }
}

/// <summary>How a chunk was settled.</summary>
internal sealed record SettledChunk(long Chunk, DateTimeOffset At, int Attempts, JournalSettlement Content);

/// <summary>How an event left the failed list.</summary>
internal sealed record ResolvedFailure(
    long Failed,
    DeliveryState State,
    DateTimeOffset At,
    long Chunk,
    int Place,
    string? Dataset
);

/// <summary>A chunk that waits.</summary>
internal sealed record WaitingRow(long Chunk, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset DueAt);
