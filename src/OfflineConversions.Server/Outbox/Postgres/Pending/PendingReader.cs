using Npgsql;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Reading;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Pending;

/// <summary>
/// Lists and counts what waits. An index returns each destination's chunks by age, so the cost of a page grows with the
/// page and the number of destinations, and never with the backlog.
/// </summary>
internal sealed class PendingReader(Database database, PayloadEncryption encryption, ChunkClaims claims)
{
    /// <summary>So many chunks are read at a time: a page may end with its size long before its limit.</summary>
    private const int Step = 16;

    private const int ScannedAtOnce = 5000;

    private const string Chunks = $"""
        SELECT w.created_at, w.id, w.events, w.attempts, w.due_at, w.lease_end > $5, body.encrypted, body.content,
            {DestinationRow.Columns}
        FROM (
            SELECT work.* FROM offlineconversions.destinations AS known CROSS JOIN LATERAL (
                SELECT * FROM offlineconversions.work
                WHERE destination = known.id AND (created_at, id) <= ($3::bigint, $4::bigint)
                ORDER BY created_at DESC, id DESC LIMIT $6) AS work
            WHERE ($1::text IS NULL OR known.connection = $1) AND ($2::text IS NULL OR known.dataset = $2)
            ORDER BY work.created_at DESC, work.id DESC LIMIT $6) AS w
        JOIN offlineconversions.destinations AS d ON d.id = w.destination
        LEFT JOIN LATERAL (
            SELECT encrypted, content FROM offlineconversions.bodies WHERE slot = w.slot AND id = w.id LIMIT 1
        ) AS body ON true
        ORDER BY w.created_at DESC, w.id DESC
        """;

    /// <summary>See <see cref="IPendingList.PendingAsync"/>.</summary>
    public async Task<PendingPage> PageAsync(PendingQuery query, CancellationToken cancellationToken)
    {
        var page = new PendingPageBuilder(query);
        var (storedAt, chunk) = query.After is { } after
            ? (after.StoredAt, after.Chunk)
            : (long.MaxValue, long.MaxValue);
        var hasMore = true;
        while (hasMore && !page.IsFull)
        {
            // One more than is used shows whether there are older ones.
            var rows = await ReadAsync(query, storedAt, chunk, Step + 1, cancellationToken);
            var used = 0;
            while (used < Math.Min(rows.Count, Step) && !page.IsFull)
            {
                page.Add(rows[used]);
                (storedAt, chunk) = (rows[used].Position.StoredAt, rows[used].Position.Chunk - 1);
                used++;
            }

            hasMore = used < rows.Count;
        }

        return page.Build(hasMore);
    }

    /// <summary>See <see cref="IPendingList.CountPendingAsync"/>.</summary>
    public async Task<PendingCount> CountAsync(PendingScope scope, CancellationToken cancellationToken) =>
        (
            await database.RunAsync(
                transaction =>
                    transaction.QueryAsync(
                        """
                        SELECT coalesce(sum(events) FILTER (WHERE lease_end <= $3), 0)::bigint,
                            coalesce(sum(events) FILTER (WHERE lease_end > $3), 0)::bigint
                        FROM offlineconversions.work WHERE destination IN (
                            SELECT id FROM offlineconversions.destinations WHERE connection = $1 AND dataset = $2)
                        """,
                        row => new PendingCount(row.GetInt64(0), row.GetInt64(1)),
                        scope.Connection,
                        scope.DatasetId,
                        claims.FreeUntil(transaction)
                    ),
                cancellationToken
            )
        )[0];

    /// <summary>The number of the last chunk.</summary>
    public async Task<long> LastAsync(CancellationToken cancellationToken) =>
        (
            await database.RunAsync(
                transaction =>
                    transaction.QueryAsync("SELECT coalesce(max(id), 0) FROM offlineconversions.work", row =>
                        row.GetInt64(0)
                    ),
                cancellationToken
            )
        )[0];

    /// <summary>
    /// Looks for chunks of a dataset between two numbers, in their order. Goes through all chunks: no index has those
    /// of a dataset in that order.
    /// </summary>
    public async Task<PendingSlice> NextAsync(PendingScope scope, long after, long last) =>
        (
            await database.RunAsync(
                transaction =>
                    transaction.QueryAsync(
                        """
                        SELECT CASE WHEN count(*) < $3 THEN $2 ELSE max(w.id) END,
                            coalesce(array_agg(w.id ORDER BY w.id) FILTER (WHERE d.id IS NOT NULL), '{}'),
                            coalesce(array_agg(w.bytes ORDER BY w.id) FILTER (WHERE d.id IS NOT NULL), '{}')
                        FROM (
                            SELECT id, destination, bytes FROM offlineconversions.work
                            WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3) AS w
                        LEFT JOIN offlineconversions.destinations AS d
                            ON d.id = w.destination AND d.connection = $4 AND d.dataset = $5
                        """,
                        row => new PendingSlice(
                            row.GetInt64(0),
                            row.GetFieldValue<long[]>(1),
                            row.GetFieldValue<long[]>(2)
                        ),
                        after,
                        last,
                        ScannedAtOnce,
                        scope.Connection,
                        scope.DatasetId
                    ),
                CancellationToken.None
            )
        )[0];

    private Task<List<WaitingChunk>> ReadAsync(
        PendingQuery query,
        long storedAt,
        long chunk,
        int most,
        CancellationToken cancellationToken
    ) =>
        database.RunAsync(
            transaction =>
                transaction.QueryAsync(
                    Chunks,
                    Read,
                    query.Connection,
                    query.DatasetId,
                    storedAt,
                    chunk,
                    claims.FreeUntil(transaction),
                    most
                ),
            cancellationToken
        );

    /// <summary>The chunk with its content. What is damaged stays in the list, as unreadable.</summary>
    private WaitingChunk Read(NpgsqlDataReader row)
    {
        var destination = DestinationRow.Read(row, 8);
        var events = row.IsDBNull(7)
            ? []
            : new StoredContent(row.GetFieldValue<byte[]>(7), row.GetBoolean(6)).Read(encryption, destination).Events;
        return new WaitingChunk(
            new PendingPosition(row.GetInt64(0), row.GetInt64(1), Event: 0),
            destination.Known,
            row.GetInt32(2),
            row.GetInt32(3),
            ChunkFormat.ReadTime(row.GetInt64(4)),
            row.GetBoolean(5),
            events
        );
    }
}

/// <summary>Some chunks of a dataset.</summary>
/// <param name="Last">The number up to which all chunks were looked at.</param>
/// <param name="Chunks">Their numbers, ascending.</param>
/// <param name="Bytes">The payload bytes of each.</param>
internal sealed record PendingSlice(long Last, long[] Chunks, long[] Bytes)
{
    private const long MostBytes = 1_000_000;
    private const int MostChunks = 100;

    /// <summary>The chunks in groups that one transaction changes.</summary>
    public IEnumerable<long[]> Groups()
    {
        var (group, bytes) = (new List<long>(), 0L);
        foreach (var (chunk, size) in Chunks.Zip(Bytes))
        {
            if (group.Count > 0 && (bytes + size > MostBytes || group.Count == MostChunks))
            {
                yield return [.. group];
                group.Clear();
                bytes = 0;
            }

            group.Add(chunk);
            bytes += size;
        }

        if (group.Count > 0)
        {
            yield return [.. group];
        }
    }
}
