using System.Buffers;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>The rows of the journal, as a transaction writes them.</summary>
internal static class JournalRows
{
    /// <summary>What a row of arrivals takes besides its columns of bytes.</summary>
    private const int RowBytes = 100;

    /// <summary>What the row takes that says how a chunk was settled, with its indexes.</summary>
    private const int SettlementBytes = 100;

    /// <summary>What a transaction noted. Its chunks have their numbers.</summary>
    public static async Task<IReadOnlyList<DatabaseCommand>> InsertAsync(
        WriteTransaction transaction,
        JournalNames names
    )
    {
        var notes = transaction.Journal;
        var commands = new List<DatabaseCommand>();
        foreach (var block in notes.Blocks)
        {
            await names.CountAsync(transaction.Database, block, notes.Counts);
            commands.Add(Insert(transaction, block));
        }

        if (notes.Settled.Count > 0)
        {
            commands.Add(InsertSettled(notes.Settled, transaction.Database.NowMilliseconds));
        }

        if (notes.Answered.Count > 0)
        {
            commands.Add(AnswerRows.Set(notes.Answered, transaction.Database.NowMilliseconds));
        }

        if (notes.Resolved.Count > 0)
        {
            commands.Add(InsertResolved(notes.Resolved, transaction.Database.NowMilliseconds));
        }

        if (notes.Counts.All.Count > 0)
        {
            commands.Add(InsertCounts(notes.Counts, transaction.Now));
        }

        return commands;
    }

    private static DatabaseCommand Insert(WriteTransaction transaction, JournalBlock block)
    {
        var content = new ArrayBufferWriter<byte>(256);
        JournalFormat.Write(block, content);
        var eventIds = JournalFormat.Column(block.EventIds).ToArray();
        var orderIds = JournalFormat.Column(block.OrderIds).ToArray();
        var columns = new JournalColumns(
            eventIds,
            orderIds,
            content.WrittenSpan.ToArray(),
            TextsOf(transaction, block)
        );
        return Insert(
            block.Events,
            block.Times[0].At.ToUnixTimeMilliseconds(),
            block.Times[^1].At.ToUnixTimeMilliseconds(),
            BytesOf(block, columns.Bytes),
            block.Kinds.Any(new OutcomeQuery().Selects),
            columns,
            transaction.IsEncrypted
        );
    }

    /// <summary>What a row of arrivals takes, with the rows that will say how its chunks were settled.</summary>
    /// <param name="block">The arrivals; <see langword="null"/> if they are damaged.</param>
    /// <param name="columns">The bytes of its columns.</param>
    public static long BytesOf(JournalBlock? block, long columns) =>
        RowBytes
        + columns
        + (SettlementBytes * (block?.Lanes.Sum(lane => lane.Runs.DistinctBy(run => run.Chunk).Count()) ?? 0));

    /// <summary>A row of arrivals. Times are in Unix milliseconds.</summary>
    public static DatabaseCommand Insert(
        long events,
        long since,
        long until,
        long bytes,
        bool hasOutcomes,
        JournalColumns columns,
        bool isEncrypted
    ) =>
        new(
            """
            WITH arrivals AS (
                INSERT INTO offlineconversions.journal (
                    id, events, since, until, bytes, has_outcomes, event_ids, order_ids, content)
                VALUES (nextval('offlineconversions.journal_numbers'), $1, $2, $3, $4, $5, $6, $7, $8)
                RETURNING id)
            INSERT INTO offlineconversions.journal_texts (id, encrypted, content)
            SELECT id, $9::boolean, $10::bytea FROM arrivals WHERE $10::bytea IS NOT NULL
            """,
            events,
            since,
            until,
            bytes,
            hasOutcomes,
            columns.EventIds,
            columns.OrderIds,
            columns.Content,
            isEncrypted,
            columns.Texts
        );

    private static byte[]? TextsOf(WriteTransaction transaction, JournalBlock block)
    {
        if (block.Texts.Count == 0)
        {
            return null;
        }

        var texts = new ArrayBufferWriter<byte>(256);
        JournalTextFormat.Write(block.Texts, texts);
        return transaction.Write(texts.WrittenSpan.ToArray());
    }

    private static DatabaseCommand InsertSettled(IReadOnlyList<NotedSettlement> settled, long now)
    {
        var contents = new byte[settled.Count][];
        for (var at = 0; at < contents.Length; at++)
        {
            var content = new ArrayBufferWriter<byte>();
            settled[at].Complete.WriteTo(content);
            contents[at] = content.WrittenSpan.ToArray();
        }

        return new DatabaseCommand(
            """
            INSERT INTO offlineconversions.journal_settled (chunk, at, attempts, content)
            SELECT chunk, $1, attempts, content
            FROM unnest($2::bigint[], $3::int[], $4::bytea[]) AS settled (chunk, attempts, content)
            """,
            now,
            settled.Select(one => one.Chunk).ToArray(),
            settled.Select(one => one.Attempts).ToArray(),
            contents
        );
    }

    private static DatabaseCommand InsertResolved(IReadOnlyList<NotedResolution> resolved, long now) =>
        new(
            """
            INSERT INTO offlineconversions.journal_resolved (failed, state, at, chunk, place, dataset)
            SELECT failed, state, $1, chunk, place, dataset
            FROM unnest($2::bigint[], $3::smallint[], $4::bigint[], $5::int[], $6::text[])
                AS resolved (failed, state, chunk, place, dataset)
            """,
            now,
            resolved.Select(one => one.Failed).ToArray(),
            resolved.Select(one => (short)one.State).ToArray(),
            resolved.Select(one => one.Place.Chunk?.Value ?? 0).ToArray(),
            resolved.Select(one => one.Place.Place).ToArray(),
            resolved.Select(one => one.Dataset).ToArray()
        );

    private static DatabaseCommand InsertCounts(RollUpChanges counts, DateTimeOffset now) =>
        new(
            """
            INSERT INTO offlineconversions.journal_count_deltas (hour, connection, kind, name, count)
            SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[])
            """,
            RollUpChanges.HourOf(now),
            counts.All.Keys.Select(key => key.Connection).ToArray(),
            counts.All.Keys.Select(key => key.Kind).ToArray(),
            counts.All.Keys.Select(key => key.Name).ToArray(),
            counts.All.Values.ToArray()
        );
}

/// <summary>The columns of bytes of a row of arrivals.</summary>
/// <param name="EventIds">The digests of the events' ids.</param>
/// <param name="OrderIds">The digests of their orders' ids, or empty.</param>
/// <param name="Content">The content in <see cref="JournalFormat"/>.</param>
/// <param name="Texts">Ids in clear text, encrypted if the row says so; <see langword="null"/> for none.</param>
internal sealed record JournalColumns(byte[] EventIds, byte[] OrderIds, byte[] Content, byte[]? Texts)
{
    /// <summary>Their bytes.</summary>
    public long Bytes => EventIds.Length + OrderIds.Length + Content.Length + (Texts?.Length ?? 0);
}
