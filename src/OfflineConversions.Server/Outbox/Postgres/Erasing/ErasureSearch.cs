using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Postgres.Journal;
using OfflineConversions.Server.Outbox.Postgres.Reading;
using OfflineConversions.Server.Outbox.Postgres.Rows;
using OfflineConversions.Server.Outbox.Postgres.Writing;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Postgres.Erasing;

/// <summary>
/// Finds and removes everything of a person that was stored before the person was suppressed, in slices between which
/// others use the outbox: first the deduplication keys, then the events.
/// </summary>
internal sealed class ErasureSearch(WriterParts parts, ChunkClaims claims, Leasing leasing, Guid owner)
{
    private const int ChunksPerSlice = 16;
    private const int FailedPerSlice = 500;

    /// <summary>Searches everything and removes what it finds.</summary>
    /// <returns>What was removed, and the chunks that contain the person and are leased.</returns>
    public async Task<SearchOutcome> RunAsync(IReadOnlySet<PersonTrace> person, CancellationToken stopping)
    {
        var found = await FindChunksAsync(person, stopping);
        var failed = await FindFailedAsync(person, stopping);
        HashSet<DeduplicationKey> keys = [.. found.Keys, .. failed.SelectMany(row => row.Keys)];

        // Keys before events: after a crash in between, the events are found again and with them their keys.
        await parts.Database.RunAsync(
            async transaction =>
            {
                await KeyRows.EraseAsync(transaction, keys);
                return true;
            },
            stopping
        );
        var pending = 0L;
        foreach (var some in found.Free.Chunk(ChunksPerSlice))
        {
            pending += await ErasePendingAsync(some, person, found);
        }

        var erasedFailed = await EraseFailedAsync([.. failed.Select(row => row.Id)]);
        await SettledBodies.RemoveAsync(parts.Database, stopping);
        await JournalUpkeep.RemoveTextsAsync(parts.Database, stopping);
        return new SearchOutcome(
            new ErasedEvents(pending, erasedFailed, keys.Count, found.EventsInFlight),
            found.InFlight
        );
    }

    /// <summary>Whether any replica still has one of the chunks.</summary>
    public async Task<bool> AnyLeasedAsync(IReadOnlyCollection<long> chunks, CancellationToken stopping) =>
        (
            await parts.Database.RunAsync(
                transaction =>
                    transaction.QueryAsync(
                        "SELECT EXISTS (SELECT FROM offlineconversions.work WHERE id = ANY($1) AND lease_end > $2)",
                        row => row.GetBoolean(0),
                        chunks.ToArray(),
                        claims.FreeUntil(transaction)
                    ),
                stopping
            )
        )[0];

    private async Task<FoundChunks> FindChunksAsync(IReadOnlySet<PersonTrace> person, CancellationToken stopping)
    {
        // Read after the commit that suppresses the person: nothing that is stored later is the person's.
        var last = await LastAsync("work", stopping);
        var found = new FoundChunks();
        var after = long.MinValue;
        while (after < last)
        {
            var rows = await parts.Database.RunAsync(
                transaction =>
                    transaction.QueryAsync(
                        $"""
                        SELECT w.id, w.lease_end > $3, b.encrypted, b.content, {DestinationRow.Columns}
                        FROM (
                            SELECT * FROM offlineconversions.work WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $4) AS w
                        JOIN offlineconversions.destinations AS d ON d.id = w.destination
                        CROSS JOIN LATERAL (
                            SELECT encrypted, content FROM offlineconversions.bodies
                            WHERE slot = w.slot AND id = w.id LIMIT 1) AS b
                        ORDER BY w.id
                        """,
                        row => new SearchedRow(
                            row.GetInt64(0),
                            row.GetBoolean(1),
                            new StoredContent(row.GetFieldValue<byte[]>(3), row.GetBoolean(2)),
                            DestinationRow.Read(row, 4)
                        ),
                        after,
                        last,
                        claims.FreeUntil(transaction),
                        ChunksPerSlice
                    ),
                stopping
            );
            foreach (var row in rows)
            {
                Note(row, EventsOf(row, person), found);
            }

            after = rows.Count > 0 ? rows[^1].Id : last;
        }

        return found;
    }

    private static void Note(SearchedRow row, StoredEvent[] events, FoundChunks found)
    {
        if (events.Length == 0)
        {
            return;
        }

        var chunk = new FoundChunk(row.Id, events.Length);
        if (row.IsLeased)
        {
            found.AddInFlight(chunk);
        }
        else
        {
            found.Free.Add(chunk);
            found.Keys.AddRange(events.Select(stored => stored.Key).Where(key => key.Exists));
        }
    }

    private async Task<List<FoundFailed>> FindFailedAsync(IReadOnlySet<PersonTrace> person, CancellationToken stopping)
    {
        var last = await LastAsync("failed", stopping);
        var found = new List<FoundFailed>();
        var after = 0L;
        while (after < last)
        {
            var rows = await parts.Database.RunAsync(
                transaction =>
                    transaction.QueryAsync(
                        $"""
                        SELECT f.id, f.encrypted, f.content, {DestinationRow.Columns}
                        FROM offlineconversions.failed AS f
                        JOIN offlineconversions.destinations AS d ON d.id = f.destination
                        WHERE f.id > $1 AND f.id <= $2 ORDER BY f.id LIMIT $3
                        """,
                        row => new SearchedRow(
                            row.GetInt64(0),
                            IsLeased: false,
                            new StoredContent(row.GetFieldValue<byte[]>(2), row.GetBoolean(1)),
                            DestinationRow.Read(row, 3)
                        ),
                        after,
                        last,
                        FailedPerSlice
                    ),
                stopping
            );

            // An unreadable event could be anyone's. It stays on the list and is never sent.
            found.AddRange(
                rows.Select(row => new { row.Id, Events = EventsOf(row, person) })
                    .Where(row => row.Events.Length > 0)
                    .Select(row => new FoundFailed(
                        row.Id,
                        [.. row.Events.Select(stored => stored.Key).Where(key => key.Exists)]
                    ))
            );
            after = rows.Count < FailedPerSlice ? last : rows[^1].Id;
        }

        return found;
    }

    /// <summary>
    /// Claims the chunks and returns them; the writer leaves out what is the person's. In one transaction, so no other
    /// replica ever finds the rest of them leased by this one. Chunks that were claimed after they were found are in
    /// flight.
    /// </summary>
    private async Task<long> ErasePendingAsync(FoundChunk[] some, IReadOnlySet<PersonTrace> person, FoundChunks found)
    {
        var claimed = await WriteTransaction.RunAsync(parts, async transaction =>
        {
            var rows = await claims.ClaimAsync(transaction.Database, Array.ConvertAll(some, chunk => chunk.Id));
            var chunks = rows.ConvertAll(leasing.Read).OfType<Chunk>().ToArray();
            await Settling.ApplyAsync(transaction, Array.ConvertAll(chunks, ChunkSettlement.Released), owner);
            return chunks;
        });
        var here = claimed.Select(chunk => chunk.Id).ToHashSet();
        foreach (var taken in some.Where(chunk => !here.Contains(chunk.Id)))
        {
            found.AddInFlight(taken);
        }

        return claimed.Sum(chunk => (long)chunk.Events.Count(stored => IsOf(stored, person)));
    }

    private async Task<long> EraseFailedAsync(long[] found)
    {
        var erased = 0L;
        foreach (var some in found.Chunk(FailedPerSlice))
        {
            var resolved = await WriteTransaction.RunAsync(parts, transaction =>
                FailedResolution.EraseAsync(
                    transaction,
                    new FailedSelection { Ids = some },
                    new FailedSlice(0, long.MaxValue, some.Length)
                )
            );
            erased += resolved.Events;
        }

        return erased;
    }

    private async Task<long> LastAsync(string table, CancellationToken stopping) =>
        (
            await parts.Database.RunAsync(
                transaction =>
                    transaction.QueryAsync($"SELECT coalesce(max(id), 0) FROM offlineconversions.{table}", row =>
                        row.GetInt64(0)
                    ),
                stopping
            )
        )[0];

    private StoredEvent[] EventsOf(SearchedRow row, IReadOnlySet<PersonTrace> person) =>
        [.. row.Content.Read(parts.Content.Encryption, row.Destination).Events.Where(stored => IsOf(stored, person))];

    private static bool IsOf(StoredEvent stored, IReadOnlySet<PersonTrace> person) =>
        PayloadReader.HasTrace(stored.Payload.Span, person.Contains);

    private sealed record SearchedRow(long Id, bool IsLeased, StoredContent Content, DestinationRow Destination);

    private sealed record FoundFailed(long Id, DeduplicationKey[] Keys);
}
