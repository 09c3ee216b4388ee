using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// The tables, and the ordered steps that lead to them from any earlier version. A step that was released never
/// changes.
/// </summary>
internal static class Schema
{
    private static readonly string[] Migrations =
    [
        """
            -- What one request to Meta can have in common. Few rows.
            CREATE TABLE destinations (
                id INTEGER PRIMARY KEY,
                connection TEXT NOT NULL,
                api TEXT NOT NULL,
                dataset TEXT NOT NULL,
                upload_tag TEXT) STRICT;

            -- What one commit held for one destination. An id is never used twice: a late settlement must not meet a younger chunk.
            -- The wide columns stand last, so that looking at the others never loads them.
            CREATE TABLE chunks (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                destination INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                due_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                attempts INTEGER NOT NULL,
                events INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                ends BLOB NOT NULL,
                payload BLOB NOT NULL) STRICT;
            CREATE INDEX chunks_due ON chunks (destination, due_at, id);
            CREATE INDEX chunks_age ON chunks (destination, created_at);

            -- Deliveries already taken. Digests only: an event id may be whatever the shop made of it.
            CREATE TABLE deduplication_keys (
                key BLOB PRIMARY KEY,
                expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE INDEX deduplication_keys_expiry ON deduplication_keys (expires_at);

            CREATE TABLE failed (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                destination INTEGER NOT NULL,
                failed_at INTEGER NOT NULL,
                attempts INTEGER NOT NULL,
                reason TEXT NOT NULL,
                code INTEGER,
                subcode INTEGER,
                title TEXT,
                trace_id TEXT,
                payload BLOB NOT NULL) STRICT;
            CREATE INDEX failed_destination ON failed (destination, id);

            -- accepted = delivered + waiting + failed + discarded + expired, after every commit.
            CREATE TABLE ledger (
                connection TEXT PRIMARY KEY,
                accepted INTEGER NOT NULL,
                delivered INTEGER NOT NULL,
                failed INTEGER NOT NULL,
                discarded INTEGER NOT NULL DEFAULT 0,
                expired INTEGER NOT NULL DEFAULT 0,
                waiting_events INTEGER NOT NULL,
                waiting_bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;

            -- Written and emptied again to learn whether a full disk has room.
            CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT;
            """,
        """
            -- A replayed event needs to know until when Meta takes it. Zero: only the payload tells.
            ALTER TABLE failed ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
            CREATE INDEX failed_age ON failed (failed_at);

            -- The connections an operator has paused; a restart does not end it.
            CREATE TABLE paused (connection TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            """,
        """
            -- The keys of one commit in one row for each window: written one after the other, where a table sorted by key dirtied a page for each of them.
            CREATE TABLE taken_keys (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                expires_at INTEGER NOT NULL,
                keys BLOB NOT NULL) STRICT;
            INSERT INTO taken_keys (expires_at, keys) SELECT expires_at, key FROM deduplication_keys ORDER BY expires_at;
            CREATE INDEX taken_keys_expiry ON taken_keys (expires_at);
            DROP TABLE deduplication_keys;
            """,
        """
            -- When Meta last took events of the connection; zero: never, or before this column was.
            ALTER TABLE ledger ADD COLUMN delivered_at INTEGER NOT NULL DEFAULT 0;
            """,
        """
            -- Whether the payload is encrypted, row by row: turning that on or off leaves the others readable. After the payload, but 0 and 1 take no room there.
            ALTER TABLE chunks ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE failed ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;

            -- The keys that closed them, by number. A start that misses one says so.
            CREATE TABLE payload_keys (key BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

            -- Persons that were erased, as digests of the hashes Meta gets, and until when nothing of theirs is taken. swept: nothing of theirs is in the file any more.
            CREATE TABLE suppressed (
                trace BLOB PRIMARY KEY,
                until INTEGER NOT NULL,
                swept INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            """,
        """
            -- 0: written by an earlier version, and completed when it is first settled. 1: the payload is a chunk with its own header, and ends is empty.
            ALTER TABLE chunks ADD COLUMN format INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE failed ADD COLUMN format INTEGER NOT NULL DEFAULT 0;

            -- What sends nothing until a probe succeeds. An empty dataset stands for the whole connection.
            CREATE TABLE halts (
                connection TEXT NOT NULL,
                dataset TEXT NOT NULL,
                reason TEXT NOT NULL,
                since INTEGER NOT NULL,
                probe_at INTEGER NOT NULL,
                PRIMARY KEY (connection, dataset)) STRICT, WITHOUT ROWID;
            """,
    ];

    /// <summary>The version this program writes.</summary>
    public static int Version => Migrations.Length;

    /// <summary>Brings the database to this program's version, each step in its own transaction.</summary>
    /// <exception cref="SettingUnusableException">A newer program wrote the file.</exception>
    public static void Migrate(SqliteConnection connection)
    {
        var found = VersionOf(connection);
        if (found > Version)
        {
            throw new SettingUnusableException(
                $"The outbox '{connection.DataSource}' was written by a newer version of this program (schema {found}; this one knows {Version}). Start the newer version, or set Outbox:Path to another file."
            );
        }

        Migrate(connection, (int)found, Version);
    }

    /// <summary>
    /// What is wrong with the tables that SQLite itself cannot know, or <see langword="null"/>. More than there must be
    /// is no harm.
    /// </summary>
    public static string? Damage(SqliteConnection connection)
    {
        var found = VersionOf(connection);
        if (found < 0 || found > Version)
        {
            return found < 0 ? "its version is negative" : null; // a newer program's is not damaged
        }

        using var sound = new SqliteConnection("Data Source=:memory:");
        sound.Open();
        Migrate(sound, 0, (int)found);
        var (must, columns) = (Columns(sound), Columns(connection));
        Migrate(sound, (int)found, (int)Math.Min(found + 1, Version));
        return !must.IsSubsetOf(columns) ? "a table or a column of it is missing"
            : Columns(sound).Except(must).Any(columns.Contains) ? "its tables are of a later version than it says"
            : null;
    }

    private static long VersionOf(SqliteConnection connection)
    {
        using var version = new Statement(connection, "PRAGMA user_version");
        return version.Scalar();
    }

    private static HashSet<string> Columns(SqliteConnection connection)
    {
        var columns = new HashSet<string>(StringComparer.Ordinal);
        using var rows = new Statement(
            connection,
            "SELECT sqlite_schema.name || ' ' || ifnull(named.name || ' ' || named.type, '') FROM sqlite_schema LEFT JOIN pragma_table_info(sqlite_schema.name) AS named"
        );
        while (rows.Read())
        {
            columns.Add(rows.Text(0));
        }

        return columns;
    }

    private static void Migrate(SqliteConnection connection, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            Execute(connection, $"BEGIN IMMEDIATE; {Migrations[step]} PRAGMA user_version = {step + 1}; COMMIT;");
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is ours, from the list above.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
