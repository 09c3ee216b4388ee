using OfflineConversions.Server.Outbox.Moving;

namespace OfflineConversions.Server.Outbox.Postgres.Moving;

/// <summary>The tables.</summary>
internal sealed partial record MoveRows
{
    /// <summary>The rows of each table.</summary>
    public static IReadOnlyDictionary<string, MoveRows> ByTable { get; } =
        new Dictionary<string, MoveRows>(StringComparer.Ordinal)
        {
            ["numbers"] = new(
                """
                SELECT 'chunks', last_value * 1024 + 1023 FROM offlineconversions.chunk_blocks
                UNION ALL SELECT 'failed', last_value FROM offlineconversions.failed_id_seq
                UNION ALL SELECT 'import_rejections', last_value FROM offlineconversions.import_rejections_id_seq
                UNION ALL SELECT 'imports', last_value FROM offlineconversions.imports_number_seq
                OFFSET $1 LIMIT $2
                """,
                "",
                "tn",
                "SELECT 0::bigint"
            ),
            ["destinations"] = Numbered("destinations", "ntttt", "id", "connection", "api", "dataset", "upload_tag"),
            ["chunks"] = new(
                $"""
                SELECT id, destination, created_at, due_at, attempts, events, bytes, coalesce((
                    SELECT content FROM offlineconversions.bodies
                    WHERE bodies.slot = next.slot AND bodies.id = next.id), ''::bytea)
                FROM (
                    SELECT *, sum(bytes) OVER (ORDER BY id) - bytes AS before FROM (
                        SELECT * FROM offlineconversions.work WHERE id > $1 ORDER BY id LIMIT $2) AS rows) AS next
                WHERE before < {MoveTable.BytesAtOnce} ORDER BY id
                """,
                """
                WITH fresh AS (
                    SELECT (SELECT slot FROM offlineconversions.state) AS slot, moved.*, d.connection
                    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                        $7::bigint[], $8::bytea[], $9::boolean[])
                        AS moved (id, destination, created_at, due_at, attempts, events, bytes, content, encrypted)
                    LEFT JOIN offlineconversions.destinations AS d ON d.id = moved.destination
                ), added AS (
                    INSERT INTO offlineconversions.bodies (slot, id, encrypted, content)
                    SELECT slot, id, encrypted, content FROM fresh)
                INSERT INTO offlineconversions.work (
                    slot, id, connection, destination, created_at, due_at, attempts, events, bytes)
                SELECT slot, id, coalesce(connection, ''), destination, created_at, due_at, attempts, events, bytes
                FROM fresh
                """,
                "nnnnnnnb",
                Counted("work")
            )
            {
                IsNumbered = true,
            },
            ["failed"] = new(
                """
                SELECT id, destination, failed_at, attempts, reason, code, subcode, title, trace_id, field, content
                FROM offlineconversions.failed WHERE id > $1 ORDER BY id LIMIT $2
                """,
                """
                INSERT INTO offlineconversions.failed (
                    id, destination, failed_at, attempts, reason, code, subcode, title, trace_id, field, content,
                    encrypted)
                OVERRIDING SYSTEM VALUE
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
                    $7::bigint[], $8::text[], $9::text[], $10::text[], $11::bytea[], $12::boolean[])
                """,
                "nnnntnntttb",
                Counted("failed")
            )
            {
                IsNumbered = true,
            },
            ["keys"] = Keys("deduplication_keys", 2, "digest || substring(int8send(ends_at) FROM 5)", "digest"),
            ["older_keys"] = Keys("older_keys", 1, "key", "key"),
            ["paused"] = Keyed("paused", "tn", "connection", "connection", "since"),
            ["halts"] = Keyed(
                "halts",
                "tttnn",
                "connection, dataset",
                "connection",
                "dataset",
                "reason",
                "since",
                "probe_at"
            ),
            ["suppressed"] = Keyed("suppressed", "bnn", "trace", "trace", "until", "swept"),
            ["payload_keys"] = new(
                "SELECT key::text FROM offlineconversions.payload_keys ORDER BY key OFFSET $1 LIMIT $2",
                """
                INSERT INTO offlineconversions.payload_keys SELECT key::uuid FROM unnest($1::text[]) AS key
                ON CONFLICT DO NOTHING
                """,
                "t",
                Counted("payload_keys")
            ),
            ["journal"] = new(
                $"""
                SELECT id, events, since, until, event_ids, order_ids, content, (
                    SELECT content FROM offlineconversions.journal_texts AS texts WHERE texts.id = next.id)
                FROM (
                    SELECT *, sum(bytes) OVER (ORDER BY id) - bytes AS before FROM (
                        SELECT * FROM offlineconversions.journal WHERE id > $1 ORDER BY id LIMIT $2) AS rows) AS next
                WHERE before < {MoveTable.BytesAtOnce} ORDER BY id
                """,
                "",
                "nnnnbbbb",
                Counted("journal")
            )
            {
                IsNumbered = true,
            },
            ["journal_settled"] = Numbered("journal_settled", "nnnb", "chunk", "at", "attempts", "content"),
            ["journal_resolved"] = Numbered(
                "journal_resolved",
                "nnnnnt",
                "failed",
                "state",
                "at",
                "chunk",
                "place",
                "dataset"
            ),
            ["journal_counts"] = Summed(
                "journal_counts",
                "journal_count_deltas",
                "ntttn",
                "hour, connection, kind, name",
                "sum(count)::bigint"
            ),
            ["journal_answers"] = Numbered(
                "journal_answers",
                "nnntttn",
                "chunk",
                "code",
                "subcode",
                "title",
                "trace_id",
                "field",
                "at"
            ),
            ["alert_state"] = Keyed("alert_state", "tn", "only_row", "content", "saved_at") with
            {
                Insert = """
                    INSERT INTO offlineconversions.alert_state (content, saved_at)
                    SELECT * FROM unnest($1::text[], $2::bigint[])
                    ON CONFLICT (only_row) DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at
                    """,
            },
            ["alert_notifications"] = Numbered("alert_notifications", "nttt", "number", "id", "webhook", "content") with
            {
                Insert = """
                    INSERT INTO offlineconversions.alert_notifications (id, webhook, content)
                    SELECT id, webhook, content
                    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
                        AS moved (number, id, webhook, content)
                    ORDER BY number
                    """,
            },
            ["imports"] = new(
                """
                SELECT number, id, connection, dry_run, caller, state, run, started_at, ended_at, progress, problem
                FROM offlineconversions.imports WHERE number > $1 ORDER BY number LIMIT $2
                """,
                """
                INSERT INTO offlineconversions.imports (
                    number, id, connection, dry_run, caller, state, run, started_at, ended_at, progress, problem,
                    replica)
                OVERRIDING SYSTEM VALUE
                SELECT number, id, connection, dry_run <> 0, caller, state, run, started_at, ended_at, progress,
                    problem, '00000000-0000-0000-0000-000000000000'
                FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
                        $8::bigint[], $9::bigint[], $10::text[], $11::text[])
                    AS moved (
                        number, id, connection, dry_run, caller, state, run, started_at, ended_at, progress, problem)
                """,
                "nttnttnnntt",
                Counted("imports")
            )
            {
                IsNumbered = true,
            },
            ["import_rejections"] = Numbered(
                "import_rejections",
                "nnntt",
                "id",
                "import",
                "row_number",
                "field",
                "reason"
            ),
            ["ledger"] = Summed(
                "ledger",
                "ledger_deltas",
                "tnnnnnnnn",
                "connection",
                """
                sum(accepted)::bigint, sum(delivered)::bigint, sum(waiting_events)::bigint,
                sum(waiting_bytes)::bigint, sum(failed)::bigint, sum(discarded)::bigint, sum(expired)::bigint,
                max(delivered_at)
                """
            ),
        };
}
