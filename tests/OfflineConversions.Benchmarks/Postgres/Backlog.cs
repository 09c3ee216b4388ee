using System.Globalization;
using OfflineConversions.Benchmarks.Delivering;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Benchmarks.Postgres;

/// <summary>
/// Fills a database with waiting orders and keys by SQL: copies of a chunk that the outbox has stored, and random
/// digests. The index of the keys is left as full as random digests keep it, so that it splits as often as in real use.
/// </summary>
internal static class Backlog
{
    private const int Template = 100;
    private const int BlockSize = 1024;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public static async Task FillAsync(OutboxOptions outbox, int waiting, int keys, Report report)
    {
        await WaitingEvents.Orders().StoreAsync(outbox, "benchmark", first: 0, Template, Week);
        var address = outbox.ConnectionString!.Reveal();
        var chunks = (waiting / Template) - 1;
        if (chunks > 0)
        {
            await PrivateServer.ExecuteAsync(address, Waiting(chunks));
            var bytes = await PrivateServer.AskAsync(
                address,
                """
                SELECT sum(pg_total_relation_size(relid))::bigint,
                    pg_total_relation_size('offlineconversions.work')
                FROM pg_partition_tree('offlineconversions.bodies')
                """
            );
            report.Row("on disk per waiting order, without its key", [(bytes[0] + bytes[1]) / (double)waiting], "B");
        }

        if (keys > 0)
        {
            await PrivateServer.ExecuteAsync(address, Keys(keys));
            var bytes = await PrivateServer.AskAsync(
                address,
                """
                SELECT pg_table_size('offlineconversions.deduplication_keys'),
                    pg_relation_size('offlineconversions.deduplication_keys_pkey'),
                    pg_relation_size('offlineconversions.deduplication_keys_by_end')
                """
            );
            report.Row("bytes of a key: table", [bytes[0] / (double)keys], "B");
            report.Row("bytes of a key: unique index", [bytes[1] / (double)keys], "B");
            report.Row("bytes of a key: index by end", [bytes[2] / (double)keys], "B");
        }

        await PrivateServer.ExecuteAsync(address, "VACUUM ANALYZE");
        await PrivateServer.ExecuteAsync(address, "CHECKPOINT");
    }

    // Numbers come from blocks, so the copies take whole blocks.
    private static string Waiting(int chunks) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            CREATE TEMPORARY TABLE template AS
                SELECT b.encrypted, b.content, w.*
                FROM offlineconversions.work AS w
                JOIN offlineconversions.bodies AS b ON b.slot = w.slot AND b.id = w.id LIMIT 1;
            CREATE TEMPORARY TABLE numbers AS
                SELECT nextval('offlineconversions.chunk_blocks') * {BlockSize} AS first;
            SELECT setval('offlineconversions.chunk_blocks',
                (SELECT first / {BlockSize} FROM numbers) + {chunks} / {BlockSize} + 1);
            INSERT INTO offlineconversions.bodies (slot, id, encrypted, content)
                SELECT slot, first + number, encrypted, content
                FROM template, numbers, generate_series(0, {chunks} - 1) AS number;
            INSERT INTO offlineconversions.work (
                    slot, id, connection, destination, created_at, due_at, attempts, events, bytes)
                SELECT slot, first + number, connection, destination, created_at, due_at, attempts, events, bytes
                FROM template, numbers, generate_series(0, {chunks} - 1) AS number;
            INSERT INTO offlineconversions.ledger_deltas
                SELECT connection, {chunks}::bigint * events, 0, {chunks}::bigint * events, {chunks} * bytes, 0, 0, 0, 0
                FROM template;
            """
        );

    private static string Keys(int keys) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            ALTER TABLE offlineconversions.deduplication_keys DROP CONSTRAINT deduplication_keys_pkey;
            DROP INDEX offlineconversions.deduplication_keys_by_end;
            INSERT INTO offlineconversions.deduplication_keys (digest, ends_at)
                SELECT decode(left(md5(number::text), 24), 'hex'),
                    extract(epoch FROM now())::bigint + 86400 + number * 518400 / {keys}
                FROM generate_series(1, {keys}::bigint) AS number;
            ALTER TABLE offlineconversions.deduplication_keys ADD PRIMARY KEY (digest) WITH (fillfactor = 70);
            ALTER INDEX offlineconversions.deduplication_keys_pkey RESET (fillfactor);
            CREATE INDEX deduplication_keys_by_end ON offlineconversions.deduplication_keys (ends_at);
            """
        );
}
