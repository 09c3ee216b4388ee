namespace OfflineConversions.Server.Outbox.Moving;

/// <summary>What moves, in the order in which it does, and the columns that the stores exchange.</summary>
internal static class MoveTables
{
    /// <summary>
    /// The highest numbers that were given out: name, number. Numbers are kept, because chunks, failed events and the
    /// journal refer to each other by them.
    /// </summary>
    public static readonly MoveTable Numbers = new("numbers", "numbers given out") { IsListed = false };

    /// <summary>id, connection, api, dataset, upload_tag</summary>
    public static readonly MoveTable Destinations = new("destinations", "destinations");

    /// <summary>id, destination, created_at, due_at, attempts, events, bytes, content</summary>
    public static readonly MoveTable Chunks = new("chunks", "waiting chunks");

    /// <summary>
    /// id, destination, failed_at, attempts, reason, code, subcode, title, trace_id, field, content
    /// </summary>
    public static readonly MoveTable Failed = new("failed", "failed events") { RowsAtOnce = 200 };

    /// <summary>
    /// position, kind (1: of every connection, 2: taken, 3: released), ends_at in seconds, keys of
    /// <see cref="DeduplicationKey.StoredBytes"/> each. A later row decides about the keys of earlier ones.
    /// </summary>
    public static readonly MoveTable Keys = new("keys", "deduplication keys") { RowsAtOnce = 2000, IsOneToOne = false };

    /// <summary>The same, of a store that has the keys of every connection in a table of their own.</summary>
    public static readonly MoveTable OlderKeys = Keys with
    {
        Name = "older_keys",
        Title = "deduplication keys of every connection",
    };

    /// <summary>connection, since</summary>
    public static readonly MoveTable Paused = new("paused", "paused connections");

    /// <summary>connection, dataset, reason, since, probe_at</summary>
    public static readonly MoveTable Halts = new("halts", "halts");

    /// <summary>trace, until, swept</summary>
    public static readonly MoveTable Suppressed = new("suppressed", "suppressed persons (hashes)");

    /// <summary>The number of an encryption key, as the text of a GUID.</summary>
    public static readonly MoveTable PayloadKeys = new("payload_keys", "numbers of encryption keys")
    {
        IsOneToOne = false,
    };

    /// <summary>
    /// id, events, since, until, event_ids, order_ids, content, and the ids in clear text, if there are any
    /// </summary>
    public static readonly MoveTable Journal = new("journal", "rows of the journal: arrivals");

    /// <summary>chunk, at, attempts, content</summary>
    public static readonly MoveTable Settled = new("journal_settled", "rows of the journal: settled chunks");

    /// <summary>failed, state, at, chunk, place, dataset</summary>
    public static readonly MoveTable Resolved = new("journal_resolved", "rows of the journal: left the failed list");

    /// <summary>hour, connection, kind, name, count</summary>
    public static readonly MoveTable Counts = new("journal_counts", "counts of the journal");

    /// <summary>chunk, code, subcode, title, trace_id, field, at</summary>
    public static readonly MoveTable Answers = new("journal_answers", "rows of the journal: Meta's last answers");

    /// <summary>content as JSON, saved_at: one row, which replaces the target's.</summary>
    public static readonly MoveTable AlertState = new("alert_state", "what was notified of alerts")
    {
        IsOneToOne = false,
    };

    /// <summary>number, which is the position only, id, webhook, content as JSON</summary>
    public static readonly MoveTable Notifications = new("alert_notifications", "notifications to be repeated")
    {
        IsOneToOne = false,
    };

    /// <summary>
    /// number, id, connection, dry_run, caller, state, run, started_at, ended_at, progress as JSON, problem
    /// </summary>
    public static readonly MoveTable Imports = new("imports", "imports of files");

    /// <summary>id, import, row, field, reason</summary>
    public static readonly MoveTable Rejections = new("import_rejections", "rejected rows of imports");

    /// <summary>
    /// connection, accepted, delivered, waiting_events, waiting_bytes, failed, discarded, expired, delivered_at
    /// </summary>
    public static readonly MoveTable Ledger = new("ledger", "lines of the ledger");

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<MoveTable> All =
    [
        Numbers,
        Destinations,
        Chunks,
        Failed,
        Keys,
        OlderKeys,
        Paused,
        Halts,
        Suppressed,
        PayloadKeys,
        Journal,
        Settled,
        Resolved,
        Counts,
        Answers,
        AlertState,
        Notifications,
        Imports,
        Rejections,
        Ledger,
    ];
}

/// <summary>A table as the stores exchange it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">What it holds, for the operator.</param>
internal sealed record MoveTable(string Name, string Title)
{
    /// <summary>A transaction ends with the row that reaches so many bytes: 8 MiB.</summary>
    public const int BytesAtOnce = 8 * 1024 * 1024;

    /// <summary>How many rows are moved by one transaction at most.</summary>
    public int RowsAtOnce { get; init; } = 1000;

    /// <summary>Whether both stores have the same number of rows afterwards.</summary>
    public bool IsOneToOne { get; init; } = true;

    /// <summary>Whether the operator is told.</summary>
    public bool IsListed { get; init; } = true;
}
