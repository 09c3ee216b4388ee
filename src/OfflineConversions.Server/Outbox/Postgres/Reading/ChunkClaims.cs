using Npgsql;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Reading;

/// <summary>
/// Claims chunks for this replica. Rows that another replica is claiming at this moment are skipped and not waited for.
/// </summary>
internal sealed class ChunkClaims(Database database, Guid owner, TimeSpan duration)
{
    /// <summary>The most chunks of one claim: its memory is limited by bytes, and its rows by this.</summary>
    private const int MostChunks = 512;

    // Another replica may have taken all that this one has seen.
    private const int Tries = 4;

    // The first statement finds the destination whose chunk has waited longest, by the index of the connection. The
    // body of a chunk is read by a subquery for each row, so that no plan reads a whole partition.
    private const string Claim = """
        WITH oldest AS (
            SELECT destination FROM offlineconversions.work
            WHERE connection = $1 AND due_at <= $2 AND lease_end <= $3 AND created_at >= $4
                AND NOT (SELECT is_closed FROM offlineconversions.state)
            ORDER BY {0}, id LIMIT 1
        ), candidates AS (
            SELECT id, events, bytes, due_at, created_at FROM offlineconversions.work
            WHERE connection = $1 AND destination = (SELECT destination FROM oldest)
                AND due_at <= $2 AND lease_end <= $3 AND created_at >= $4
            ORDER BY {0}, id LIMIT $5 FOR UPDATE SKIP LOCKED
        ), fitting AS (
            SELECT id FROM (
                SELECT id, row_number() OVER places AS place, sum(events) OVER places AS events,
                    sum(bytes) OVER places AS bytes
                FROM candidates WINDOW places AS (ORDER BY {0}, id)) AS summed
            WHERE place = 1 OR (events <= $6 AND bytes <= $7)
        ), claimed AS (
            UPDATE offlineconversions.work SET owner = $8, fence = fence + 1, lease_end = $9
            FROM fitting WHERE work.id = fitting.id
            RETURNING work.*
        )
        """;

    private const string ClaimThese = """
        WITH these AS (
            SELECT id FROM offlineconversions.work WHERE id = ANY($1) AND lease_end <= $2
            ORDER BY id FOR UPDATE
        ), claimed AS (
            UPDATE offlineconversions.work SET owner = $3, fence = fence + 1, lease_end = $4
            FROM these WHERE work.id = these.id
            RETURNING work.*
        )
        """;

    private const string Content = """
        SELECT c.id, c.fence, c.attempts, c.created_at, c.destination, c.events, c.bytes,
            body.encrypted, body.content, d.connection, d.api, d.dataset, d.upload_tag,
            (SELECT edition FROM offlineconversions.state)
        FROM claimed AS c
        LEFT JOIN offlineconversions.destinations AS d ON d.id = c.destination
        LEFT JOIN LATERAL (
            SELECT encrypted, content FROM offlineconversions.bodies WHERE slot = c.slot AND id = c.id LIMIT 1
        ) AS body ON true
        """;

    private static readonly string ByDue = Ordered("due_at");
    private static readonly string ByAge = Ordered("created_at");

    /// <summary>Claims the oldest due chunks of one destination, in order.</summary>
    public async Task<IReadOnlyList<ClaimedRow>> ClaimAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (rows, isAnyDue) = await TryClaimAsync(request, cancellationToken);
            if (rows.Count > 0 || !isAnyDue || attempt == Tries)
            {
                return rows;
            }
        }
    }

    /// <summary>
    /// Claims those of some chunks that are not leased, in a transaction that goes on. Waits for others that have
    /// locked them.
    /// </summary>
    public Task<List<ClaimedRow>> ClaimAsync(DatabaseTransaction transaction, IReadOnlyList<long> chunks) =>
        transaction.QueryAsync(
            $"{ClaimThese} {Content} ORDER BY c.id",
            row => Read(row, transaction),
            chunks.ToArray(),
            FreeUntil(transaction),
            owner,
            End(transaction)
        );

    /// <summary>Extends leases that are still this replica's.</summary>
    public Task<IReadOnlyList<Lease?>> RenewAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken) =>
        database.RunAsync<IReadOnlyList<Lease?>>(
            async transaction =>
            {
                var renewed = await transaction.QueryAsync(
                    """
                    WITH held AS (
                        SELECT work.id FROM offlineconversions.work
                        JOIN unnest($1::bigint[], $2::bigint[]) AS lease (id, fence) USING (id, fence)
                        WHERE work.owner = $3 ORDER BY work.id FOR UPDATE OF work)
                    UPDATE offlineconversions.work SET lease_end = $4 FROM held WHERE work.id = held.id
                    RETURNING work.id, work.fence
                    """,
                    row => KeyValuePair.Create(row.GetInt64(0), row.GetInt64(1)),
                    chunks.Select(chunk => chunk.Id).ToArray(),
                    chunks.Select(chunk => chunk.Lease.Token).ToArray(),
                    owner,
                    End(transaction)
                );
                var current = renewed.ToHashSet();
                return
                [
                    .. chunks.Select(chunk =>
                        current.Contains(KeyValuePair.Create(chunk.Id, chunk.Lease.Token))
                            ? new Lease(chunk.Lease.Token, transaction.Now + duration)
                            : (Lease?)null
                    ),
                ];
            },
            cancellationToken
        );

    /// <summary>Ends every lease of this replica, so that others need not wait for their ends.</summary>
    public Task<int> ReleaseAllAsync() =>
        database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    """
                    UPDATE offlineconversions.work SET owner = NULL, lease_end = 0, fence = fence + 1 WHERE owner = $1
                    """,
                    owner
                ),
            CancellationToken.None
        );

    /// <summary>
    /// Chunks whose lease ended by now are free. For a while after the server started, or took over from another, only
    /// those are free that have no owner: a lease may have ended while there was no server, and its holder is about to
    /// settle what Meta has accepted.
    /// </summary>
    public long FreeUntil(DatabaseTransaction transaction) =>
        database.Clock.IsDatabase && transaction.ServerAge < duration ? 0 : transaction.NowMilliseconds;

    private Task<(List<ClaimedRow> Rows, bool IsAnyDue)> TryClaimAsync(
        LeaseRequest request,
        CancellationToken cancellationToken
    ) =>
        database.RunAsync(
            async transaction =>
            {
                var since = request.StoredSince is { } time
                    ? database.Clock.FromReplica(time, transaction.Now).ToUnixTimeMilliseconds()
                    : long.MinValue;
                var rows = await transaction.QueryAsync(
                    request.StoredSince is null ? ByDue : ByAge,
                    row => Read(row, transaction),
                    request.Connection,
                    transaction.NowMilliseconds,
                    FreeUntil(transaction),
                    since,
                    Math.Clamp(request.MaxEvents, 1, MostChunks),
                    (long)request.MaxEvents,
                    request.MaxBytes,
                    owner,
                    End(transaction)
                );
                if (rows.Count > 0)
                {
                    return (rows, true);
                }

                var due = await transaction.QueryAsync(
                    """
                    SELECT EXISTS (
                        SELECT FROM offlineconversions.work
                        WHERE connection = $1 AND due_at <= $2 AND lease_end <= $3 AND created_at >= $4)
                    """,
                    row => row.GetBoolean(0),
                    request.Connection,
                    transaction.NowMilliseconds,
                    FreeUntil(transaction),
                    since
                );
                return (rows, due[0]);
            },
            cancellationToken
        );

    private static string Ordered(string column) =>
        Claim.Replace("{0}", column, StringComparison.Ordinal) + Content + $" ORDER BY c.{column}, c.id";

    private long End(DatabaseTransaction transaction) => (transaction.Now + duration).ToUnixTimeMilliseconds();

    private ClaimedRow Read(NpgsqlDataReader row, DatabaseTransaction transaction) =>
        new(
            row.GetInt64(0),
            new Lease(row.GetInt64(1), transaction.Now + duration),
            row.GetInt32(2),
            ChunkFormat.ReadTime(row.GetInt64(3)),
            row.GetInt32(4),
            row.GetInt32(5),
            row.GetInt64(6),
            row.IsDBNull(8) ? null : new StoredContent(row.GetFieldValue<byte[]>(8), row.GetBoolean(7)),
            row.IsDBNull(9) ? null : DestinationRow.Read(row, 9),
            row.GetInt64(13)
        );
}

/// <summary>A chunk that this replica has leased, as stored.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Attempts">How many attempts were made to send it.</param>
/// <param name="CreatedAt">When it was stored.</param>
/// <param name="DestinationId">The number of its destination.</param>
/// <param name="Events">How many events its row states.</param>
/// <param name="Bytes">The payload bytes that its row states.</param>
/// <param name="Content">Its body; <see langword="null"/> if that is missing.</param>
/// <param name="Destination">Where it goes; <see langword="null"/> if that is missing.</param>
/// <param name="Edition">The edition of the store in which it was claimed.</param>
internal sealed record ClaimedRow(
    long Id,
    Lease Lease,
    int Attempts,
    DateTimeOffset CreatedAt,
    int DestinationId,
    int Events,
    long Bytes,
    StoredContent? Content,
    DestinationRow? Destination,
    long Edition
);
