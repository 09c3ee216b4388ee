using Npgsql;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Journal;

/// <summary>
/// Answers what became of events, each time from one snapshot, so every replica gives the same answer.
/// </summary>
internal sealed class JournalReader(Database database, PayloadEncryption encryption) : IJournal
{
    private const int BlocksAtOnce = 64;

    // The database compares the digest with all of them: an index would cost each commit more than a search costs.
    private const string Search = """
        SELECT j.id, j.event_ids, j.order_ids, j.content, t.encrypted, t.content
        FROM offlineconversions.journal AS j LEFT JOIN offlineconversions.journal_texts AS t ON t.id = j.id
        WHERE position($1 IN j.{0}) > 0 ORDER BY j.id DESC LIMIT $2
        """;

    private static readonly string SearchEvents = Search.Replace("{0}", "event_ids", StringComparison.Ordinal);
    private static readonly string SearchOrders = Search.Replace("{0}", "order_ids", StringComparison.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<JournalFinding> FindAsync(JournalSearch search, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async transaction =>
            {
                var found = new List<FoundArrival>();
                if (search.Digest != 0)
                {
                    await transaction.QueryAsync(
                        search.IsOrder ? SearchOrders : SearchEvents,
                        row => AddFrom(row, search, found),
                        BitConverter.GetBytes(search.Digest),
                        search.Limit
                    );
                }

                await DeliveryTraces.FollowAsync(transaction, [.. found.SelectMany(one => one.Deliveries)]);
                var since = await transaction.QueryAsync(
                    "SELECT since FROM offlineconversions.journal ORDER BY id LIMIT 1",
                    row => row.GetInt64(0)
                );
                return new JournalFinding(
                    found.ConvertAll(one => one.Arrival),
                    since.Count > 0 ? ChunkFormat.ReadTime(since[0]) : transaction.Now
                );
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask<OutcomePage> OutcomesAsync(OutcomeQuery query, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async transaction =>
            {
                var page = new OutcomePageBuilder(query);
                var before = query.Before ?? long.MaxValue;
                var isLast = false;
                while (!page.IsFull && !isLast)
                {
                    var ids = await transaction.QueryAsync(
                        """
                        SELECT j.id, j.events, j.content, t.encrypted, t.content
                        FROM offlineconversions.journal AS j
                        LEFT JOIN offlineconversions.journal_texts AS t ON t.id = j.id
                        WHERE j.has_outcomes AND j.id < $1 AND ($2::bigint IS NULL OR j.until >= $2)
                            AND ($3::bigint IS NULL OR j.since < $3)
                        ORDER BY j.id DESC LIMIT $4
                        """,
                        row => AddFrom(row, page),
                        before,
                        query.From?.ToUnixTimeMilliseconds(),
                        query.To?.ToUnixTimeMilliseconds(),
                        BlocksAtOnce
                    );
                    isLast = ids.Count < BlocksAtOnce;
                    before = isLast ? before : ids[^1];
                }

                return page.Build();
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RollUp>> RollUpsAsync(
        RollUpQuery query,
        CancellationToken cancellationToken
    ) =>
        await database.ReadAsync<IReadOnlyList<RollUp>>(
            async transaction =>
                await transaction.QueryAsync(
                    """
                    SELECT hour, connection, kind, name, sum(count)::bigint FROM (
                        SELECT * FROM offlineconversions.journal_counts
                        UNION ALL SELECT * FROM offlineconversions.journal_count_deltas) AS counted
                    WHERE hour >= $1 AND hour < $2 AND ($3::text IS NULL OR connection = $3)
                        AND (cardinality($4::text[]) = 0 OR kind = ANY($4))
                    GROUP BY hour, connection, kind, name
                    ORDER BY hour, connection COLLATE "C", kind COLLATE "C", name COLLATE "C"
                    """,
                    row => new RollUp(
                        ChunkFormat.ReadTime(row.GetInt64(0)),
                        row.GetString(1),
                        row.GetString(2),
                        row.GetString(3),
                        row.GetInt64(4)
                    ),
                    query.From.ToUnixTimeMilliseconds(),
                    query.To.ToUnixTimeMilliseconds(),
                    query.Connection,
                    query.Kinds.ToArray()
                ),
            cancellationToken
        );

    private bool AddFrom(NpgsqlDataReader row, JournalSearch search, List<FoundArrival> found)
    {
        var (events, orders) = (row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2));
        if (JournalFormat.Read(events, orders, row.GetFieldValue<byte[]>(3)) is not { } block)
        {
            return false;
        }

        var texts = TextsOf(row, 4);
        var digests = search.IsOrder ? block.OrderIds : block.EventIds;
        var end = digests.Length;
        while (found.Count < search.Limit && digests[..end].LastIndexOf(search.Digest) is >= 0 and var place)
        {
            found.Add(FoundArrival.Of(block, place, texts.GetValueOrDefault(place)));
            end = place;
        }

        return true;
    }

    // The block lacks its digests, which are not read here.
    private long AddFrom(NpgsqlDataReader row, OutcomePageBuilder page)
    {
        var id = row.GetInt64(0);
        var digests = new byte[Math.Clamp(row.GetInt32(1), 0, JournalBlock.MostEvents) * sizeof(ulong)];
        if (!page.IsFull && JournalFormat.Read(digests, [], row.GetFieldValue<byte[]>(2)) is { } block)
        {
            page.Add(id, block, () => TextsOf(row, 3));
        }

        return id;
    }

    private Dictionary<int, string> TextsOf(NpgsqlDataReader row, int first)
    {
        if (row.IsDBNull(first + 1))
        {
            return [];
        }

        var content = row.GetFieldValue<byte[]>(first + 1);
        var texts = row.GetBoolean(first) ? encryption.TryDecrypt(content) : content;
        return (texts is null ? [] : JournalTextFormat.Read(texts))
            .DistinctBy(text => text.Place)
            .ToDictionary(text => text.Place, text => text.Text);
    }
}
