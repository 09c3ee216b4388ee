using Npgsql;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Reading;

/// <summary>Lists and counts for the operator. Each is one statement, so it shows one moment.</summary>
internal sealed class OperatorReader(Database database, PayloadEncryption encryption) : ILedger
{
    // What upkeep has added up, and what it has not.
    private const string Lines = """
        SELECT connection, sum(accepted)::bigint AS accepted, sum(delivered)::bigint AS delivered,
            sum(waiting_events)::bigint AS waiting_events, sum(waiting_bytes)::bigint AS waiting_bytes,
            sum(failed)::bigint AS failed, sum(discarded)::bigint AS discarded, sum(expired)::bigint AS expired,
            max(delivered_at) AS delivered_at
        FROM (
            SELECT * FROM offlineconversions.ledger UNION ALL SELECT * FROM offlineconversions.ledger_deltas) AS line
        GROUP BY connection
        """;

    // Shown for an event that is damaged or cannot be decrypted. It stays on the list and is not sent again.
    private static readonly byte[] Unreadable = [.. """{"unreadable":true}"""u8];

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken) =>
        await QueryAsync(
            $"{Lines} ORDER BY connection COLLATE \"C\"",
            row => new LedgerLine(
                row.GetString(0),
                row.GetInt64(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(5),
                row.GetInt64(6),
                row.GetInt64(7)
            ),
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken) =>
        await QueryAsync(
            $"""
            SELECT connection, waiting_events, waiting_bytes, (
                SELECT min(created_at) FROM offlineconversions.work WHERE work.connection = line.connection)
            FROM ({Lines}) AS line WHERE waiting_events > 0 ORDER BY connection COLLATE "C"
            """,
            row => new Backlog(
                row.GetString(0),
                row.GetInt64(1),
                row.GetInt64(2),
                ChunkFormat.ReadTime(row.IsDBNull(3) ? 0 : row.GetInt64(3))
            ),
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken) =>
        await QueryAsync(
            $"""
            SELECT connection, delivered_at FROM ({Lines}) AS line WHERE delivered_at > 0
            ORDER BY connection COLLATE "C"
            """,
            row => new LastDelivery(row.GetString(0), ChunkFormat.ReadTime(row.GetInt64(1))),
            cancellationToken
        );

    /// <summary>The paused connections.</summary>
    public async ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken) =>
        await QueryAsync(
            "SELECT connection, since FROM offlineconversions.paused ORDER BY connection COLLATE \"C\"",
            row => new PausedConnection(row.GetString(0), ChunkFormat.ReadTime(row.GetInt64(1))),
            cancellationToken
        );

    /// <summary>Every halt, with its times by this replica's clock.</summary>
    public async ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken) =>
        await database.RunAsync(
            transaction =>
            {
                DateTimeOffset Time(long milliseconds) =>
                    database.Clock.ToReplica(ChunkFormat.ReadTime(milliseconds), transaction.Now);
                return transaction.QueryAsync(
                    """
                    SELECT connection, dataset, reason, since, probe_at FROM offlineconversions.halts
                    ORDER BY connection COLLATE "C", dataset COLLATE "C"
                    """,
                    row => new Halt(
                        new HaltScope(row.GetString(0), row.GetString(1) is { Length: > 0 } dataset ? dataset : null),
                        row.GetString(2),
                        Time(row.GetInt64(3)),
                        Time(row.GetInt64(4))
                    )
                );
            },
            cancellationToken
        );

    /// <summary>One page of the failed list, newest first.</summary>
    public async ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(
        FailedQuery query,
        CancellationToken cancellationToken
    )
    {
        // In small steps, because a page may end with its size long before its limit.
        const int Step = 100;
        var page = new List<FailedEvent>();
        var (bytes, before) = (0L, query.Before ?? long.MaxValue);
        while (page.Count < query.Limit && bytes < query.MostBytes)
        {
            var most = Math.Min(Step, query.Limit - page.Count);
            var rows = await QueryAsync(
                $"""
                SELECT f.id, f.failed_at, f.attempts, f.reason, f.code, f.subcode, f.title, f.trace_id, f.field,
                    f.encrypted, f.content, {DestinationRow.Columns}
                FROM offlineconversions.failed AS f JOIN offlineconversions.destinations AS d ON d.id = f.destination
                WHERE {FailedCondition.Sql} AND f.id < $6 ORDER BY f.id DESC LIMIT $7
                """,
                ReadFailed,
                cancellationToken,
                [.. FailedCondition.Values(query), before, most]
            );
            foreach (var row in rows)
            {
                page.Add(row);
                before = row.Id;
                if ((bytes += row.Payload.Length) >= query.MostBytes)
                {
                    break;
                }
            }

            if (rows.Count < most)
            {
                break;
            }
        }

        return page;
    }

    /// <summary>The number of selected events of the failed list, and the number of the last one.</summary>
    public async Task<FailedCount> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                $"""
                SELECT count(*), coalesce(max(f.id), 0)
                FROM offlineconversions.failed AS f JOIN offlineconversions.destinations AS d ON d.id = f.destination
                WHERE {FailedCondition.Sql}
                """,
                row => new FailedCount(row.GetInt64(0), row.GetInt64(1)),
                cancellationToken,
                FailedCondition.Values(selection)
            )
        )[0];

    /// <summary>The selected events of the failed list, by their cause.</summary>
    public async ValueTask<IReadOnlyList<FailedCause>> FailedCausesAsync(
        FailedSelection selection,
        CancellationToken cancellationToken
    ) =>
        await QueryAsync(
            $"""
            SELECT d.connection, d.dataset, f.reason, f.code, f.subcode, f.title, count(*), min(f.failed_at),
                max(f.failed_at) AS last
            FROM offlineconversions.failed AS f JOIN offlineconversions.destinations AS d ON d.id = f.destination
            WHERE {FailedCondition.Sql}
            GROUP BY d.connection, d.dataset, f.reason, f.code, f.subcode, f.title ORDER BY last DESC, count(*) DESC
            """,
            row => new FailedCause(
                row.GetString(0),
                row.GetString(1),
                row.GetString(2),
                row.IsDBNull(3) ? null : row.GetInt32(3),
                row.IsDBNull(4) ? null : row.GetInt32(4),
                row.IsDBNull(5) ? null : row.GetString(5),
                row.GetInt64(6),
                ChunkFormat.ReadTime(row.GetInt64(7)),
                ChunkFormat.ReadTime(row.GetInt64(8))
            ),
            cancellationToken,
            FailedCondition.Values(selection)
        );

    private FailedEvent ReadFailed(NpgsqlDataReader row)
    {
        var destination = DestinationRow.Read(row, 11);
        var content = new StoredContent(row.GetFieldValue<byte[]>(10), row.GetBoolean(9)).Read(encryption, destination);
        return new FailedEvent(
            row.GetInt64(0),
            destination.Known,
            ChunkFormat.ReadTime(row.GetInt64(1)),
            row.GetInt32(2),
            new Burial(
                0,
                row.GetString(3),
                row.IsDBNull(4) ? null : row.GetInt32(4),
                row.IsDBNull(5) ? null : row.GetInt32(5),
                row.IsDBNull(6) ? null : row.GetString(6),
                row.IsDBNull(7) ? null : row.GetString(7),
                row.IsDBNull(8) ? null : row.GetString(8)
            ),
            content.IsReadable ? content.Events[0].Payload : Unreadable
        );
    }

    private Task<List<T>> QueryAsync<T>(
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params object?[] values
    ) => database.RunAsync(transaction => transaction.QueryAsync(sql, read, values), cancellationToken);
}

/// <summary>A count of the failed list.</summary>
/// <param name="Events">The selected events.</param>
/// <param name="Last">The number of the last one.</param>
internal readonly record struct FailedCount(long Events, long Last);
