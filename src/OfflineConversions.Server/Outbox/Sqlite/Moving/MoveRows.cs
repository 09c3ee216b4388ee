namespace OfflineConversions.Server.Outbox.Sqlite.Moving;

/// <summary>
/// How the rows of a table are read and written, in the columns of <see cref="Outbox.Moving.MoveTables"/>. The first
/// parameter of a selection is the position after which it begins, the second the number of rows.
/// </summary>
/// <param name="Select">Reads rows.</param>
/// <param name="Insert">Writes one row; empty where that takes more than a statement.</param>
/// <param name="Count">Counts the rows.</param>
internal sealed record MoveRows(string Select, string Insert, string Count)
{
    /// <summary>
    /// Whether the first column is the position. Otherwise rows are counted: few tables have no number, and they are
    /// short.
    /// </summary>
    public bool IsNumbered { get; private init; }

    private const string DestinationOfRow = """
        format, {0}, expires_at, connection, api, dataset, upload_tag FROM {1} AS stored
        LEFT JOIN destinations ON destinations.id = destination
        WHERE stored.id > ?1 ORDER BY stored.id LIMIT ?2
        """;

    /// <summary>The rows of each table.</summary>
    public static IReadOnlyDictionary<string, MoveRows> ByTable { get; } =
        new Dictionary<string, MoveRows>(StringComparer.Ordinal)
        {
            ["numbers"] = new(
                """
                SELECT name, seq FROM sqlite_sequence
                WHERE name IN ('chunks', 'failed', 'imports', 'import_rejections') ORDER BY name LIMIT ?2 OFFSET ?1
                """,
                "",
                "SELECT 0"
            ),
            ["destinations"] = Numbered("destinations", "id", "connection", "api", "dataset", "upload_tag"),
            ["chunks"] = new(
                $"""
                SELECT stored.id, destination, created_at, due_at, attempts, events, bytes, payload,
                {Of("ends", "chunks")}
                """,
                """
                INSERT INTO chunks (
                    id, destination, created_at, due_at, attempts, events, bytes, payload, closed, format, expires_at,
                    ends)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, 0, x'')
                """,
                Counted("chunks")
            )
            {
                IsNumbered = true,
            },
            ["failed"] = new(
                $"""
                SELECT stored.id, destination, failed_at, attempts, reason, code, subcode, title, trace_id, field,
                payload, {Of("NULL", "failed")}
                """,
                """
                INSERT INTO failed (
                    id, destination, failed_at, attempts, reason, code, subcode, title, trace_id, field, payload,
                    closed, format, expires_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 1, 0)
                """,
                Counted("failed")
            )
            {
                IsNumbered = true,
            },
            ["keys"] = new(
                """
                SELECT id, kind, (expires_at + 999) / 1000, keys FROM taken_keys WHERE id > ?1 ORDER BY id LIMIT ?2
                """,
                "INSERT INTO taken_keys (kind, expires_at, keys) VALUES (?2, ?3 * 1000, ?4)",
                "SELECT ifnull(sum(length(keys)) / 16, 0) FROM taken_keys WHERE kind = 2"
            )
            {
                IsNumbered = true,
            },
            ["older_keys"] = new(
                "SELECT 0 WHERE ?1 + ?2 IS NULL",
                "INSERT INTO taken_keys (kind, expires_at, keys) VALUES (?2, ?3 * 1000, ?4)",
                "SELECT ifnull(sum(length(keys)) / 16, 0) FROM taken_keys WHERE kind = 1"
            ),
            ["paused"] = Keyed("paused", "connection", "connection", "since"),
            ["halts"] = Keyed("halts", "connection, dataset", "connection", "dataset", "reason", "since", "probe_at"),
            ["suppressed"] = Keyed("suppressed", "trace", "trace", "until", "swept"),
            ["payload_keys"] = new(
                "SELECT key FROM payload_keys WHERE length(key) = 16 ORDER BY key LIMIT ?2 OFFSET ?1",
                "INSERT OR IGNORE INTO payload_keys (key) VALUES (?1)",
                Counted("payload_keys")
            ),
            ["journal"] = new(
                """
                SELECT *, (SELECT content FROM journal_texts AS texts WHERE texts.id = rows.id) FROM (
                    SELECT id, events, since, until, event_ids, order_ids, content FROM journal
                    UNION ALL SELECT id, events, at, at, event_ids, order_ids, content FROM journal_fresh) AS rows
                WHERE id > ?1 ORDER BY id LIMIT ?2
                """,
                "",
                "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM journal_fresh)"
            )
            {
                IsNumbered = true,
            },
            ["journal_settled"] = Numbered("journal_settled", "chunk", "at", "attempts", "content"),
            ["journal_resolved"] = Numbered("journal_resolved", "failed", "state", "at", "chunk", "place", "dataset"),
            ["journal_counts"] = Keyed(
                "journal_counts",
                "hour, connection, kind, name",
                "hour",
                "connection",
                "kind",
                "name",
                "count"
            ),
            ["journal_answers"] = Numbered(
                "journal_answers",
                "chunk",
                "code",
                "subcode",
                "title",
                "trace_id",
                "field",
                "at"
            ),
            ["alert_state"] = Keyed("alert_state", "id", "content", "saved_at") with
            {
                Insert = "INSERT OR REPLACE INTO alert_state (id, content, saved_at) VALUES (1, ?1, ?2)",
            },
            ["alert_notifications"] = new(
                """
                SELECT number, id, webhook, CAST(content AS TEXT) FROM alert_notifications
                WHERE number > ?1 ORDER BY number LIMIT ?2
                """,
                "INSERT INTO alert_notifications (id, webhook, content) VALUES (?2, ?3, CAST(?4 AS BLOB))",
                Counted("alert_notifications")
            )
            {
                IsNumbered = true,
            },
            ["imports"] = new("", "", Counted("imports")) { IsNumbered = true },
            ["import_rejections"] = Numbered("import_rejections", "id", "import", "row", "field", "reason"),
            ["ledger"] = Keyed(
                "ledger",
                "connection",
                "connection",
                "accepted",
                "delivered",
                "waiting_events",
                "waiting_bytes",
                "failed",
                "discarded",
                "expired",
                "delivered_at"
            ),
        };

    private static MoveRows Numbered(string table, params string[] columns) =>
        new(
            $"SELECT {string.Join(", ", columns)} FROM {table} WHERE {columns[0]} > ?1 ORDER BY {columns[0]} LIMIT ?2",
            InsertInto(table, columns),
            Counted(table)
        )
        {
            IsNumbered = true,
        };

    private static MoveRows Keyed(string table, string order, params string[] columns) =>
        new(
            $"SELECT {string.Join(", ", columns)} FROM {table} ORDER BY {order} LIMIT ?2 OFFSET ?1",
            InsertInto(table, columns),
            Counted(table)
        );

    private static string InsertInto(string table, string[] columns) =>
        $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ("
        + $"{string.Join(", ", columns.Select((_, at) => $"?{at + 1}"))})";

    private static string Counted(string table) => $"SELECT count(*) FROM {table}";

    private static string Of(string ends, string table) =>
        DestinationOfRow.Replace("{0}", ends, StringComparison.Ordinal).Replace("{1}", table, StringComparison.Ordinal);
}
