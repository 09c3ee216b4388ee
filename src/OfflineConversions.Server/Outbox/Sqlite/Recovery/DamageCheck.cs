using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Moving;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>Finds out at the start whether a file is damaged.</summary>
/// <param name="path">The database file.</param>
/// <param name="wal">Its write-ahead log.</param>
internal sealed class DamageCheck(string path, WalFile wal)
{
    /// <summary>
    /// A file up to this size is checked completely at every start; a larger one only after damage was noted.
    /// </summary>
    private const long CompletelyCheckedBytes = 64 * 1024 * 1024;

    private const int HeaderBytes = 100;

    /// <summary>
    /// The ledger counts what the rows hold, in the same transactions. Only damage makes them differ.
    /// </summary>
    private const string DifferentSums = """
        WITH
            waiting AS (
                SELECT connection, sum(events) AS events FROM chunks JOIN destinations ON destinations.id = destination
                GROUP BY connection),
            listed AS (
                SELECT connection, count(*) AS events FROM failed JOIN destinations ON destinations.id = destination
                GROUP BY connection)
        SELECT count(*) FROM ledger
            LEFT JOIN waiting ON waiting.connection = ledger.connection
            LEFT JOIN listed ON listed.connection = ledger.connection
        WHERE waiting_events <> ifnull(waiting.events, 0) OR failed <> ifnull(listed.events, 0)
            OR accepted <> delivered + waiting_events + failed + discarded + expired
        """;

    /// <summary>
    /// A chunk whose destination has no row or belongs to no connection of the ledger would wait without being found.
    /// One look into the index for each destination, whatever the size of the file.
    /// </summary>
    private const string LostDestinations = """
        WITH RECURSIVE named (id) AS (
            SELECT min(destination) FROM chunks
            UNION ALL
            SELECT (SELECT min(destination) FROM chunks WHERE destination > named.id) FROM named
                WHERE named.id IS NOT NULL)
        SELECT count(*) FROM named WHERE id IS NOT NULL AND id NOT IN (
            SELECT destinations.id FROM destinations JOIN ledger ON ledger.connection = destinations.connection)
        """;

    /// <summary>What is wrong with the file, or <see langword="null"/>.</summary>
    public string? Find()
    {
        // First without SQLite, which would shorten a damaged WAL and write it into the file.
        if (FindHeaderDamage() is { } header)
        {
            return header;
        }

        if (wal.IsDamaged)
        {
            return "its WAL is damaged before the last commit";
        }

        try
        {
            return FindWithSqlite();
        }
        catch (SqliteException error) when (IsDamage(error))
        {
            return error.Message;
        }
    }

    /// <summary>
    /// Whether an error at the start means that the file is damaged: a format, a schema or a length makes no sense.
    /// </summary>
    public static bool IsDamage(SqliteException error) =>
        DiskErrors.IsDamage(error) || error.SqliteErrorCode is raw.SQLITE_ERROR or raw.SQLITE_TOOBIG;

    private string? FindWithSqlite()
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
            }.ToString()
        );
        connection.Open();

        // SQLite's quick check would not compare the indexes with their tables: one damaged entry in the index of due
        // chunks hides all that follow it. For 64 MiB the complete one takes a fifth of a second.
        var isSmall = new FileInfo(path).Length <= CompletelyCheckedBytes;
        using var check = new Statement(
            connection,
            isSmall || File.Exists(FileRecovery.NoteOf(path))
                ? "PRAGMA integrity_check(1)"
                : "SELECT 'ok' FROM sqlite_schema LIMIT 1"
        );
        var said = check.Read() ? check.Text(0) : "ok";
        check.Reset();
        var damage = said != "ok" ? said : Schema.FindDamage(connection) ?? FindContradiction(connection, isSmall);
        if (damage is null)
        {
            File.Delete(FileRecovery.NoteOf(path));
        }

        return damage;
    }

    private static string? FindContradiction(SqliteConnection connection, bool isSmall)
    {
        using var exists = new Statement(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'ledger'");
        if (exists.Scalar() == 0 || MoveMarkRow.IsArriving(connection))
        {
            return null;
        }

        using var lost = new Statement(connection, LostDestinations);
        using var different = new Statement(connection, DifferentSums);
        return lost.Scalar() > 0 ? "a destination of its chunks is damaged"
            : isSmall && different.Scalar() > 0 ? "its ledger does not match its rows"
            : null;
    }

    /// <summary>
    /// What every file of this program begins with. Source: SQLite, "Database File Format", 1.3.
    /// </summary>
    private string? FindHeaderDamage()
    {
        if (File.Exists(path + "-journal"))
        {
            // A power cut while the file was created: SQLite undoes what it was writing.
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length == 0)
        {
            // A new file has no WAL yet.
            return wal.Frames.Count > 0 ? "it is empty, but its WAL is not" : null;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        var read = file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        return
            read == HeaderBytes
            && header.StartsWith("SQLite format 3\0"u8)
            && (
                header[16..18] is [0, 1] || DatabasePages.IsPageSize(BinaryPrimitives.ReadUInt16BigEndian(header[16..]))
            )
            && header[18] is 1 or 2
            && header[19] is 1 or 2
            && header[20..24].SequenceEqual<byte>([0, 64, 32, 32])
            && BinaryPrimitives.ReadUInt32BigEndian(header[44..]) is <= 4
            && BinaryPrimitives.ReadUInt32BigEndian(header[56..]) is <= 1
            ? null
            : "its header makes no sense";
    }
}
