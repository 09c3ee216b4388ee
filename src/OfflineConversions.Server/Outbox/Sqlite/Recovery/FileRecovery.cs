using System.Globalization;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// Recovers a damaged file at the start: what can still be read is copied row by row into a new file, the damaged one
/// is set aside as evidence, and the new one takes its place. After a crash the recovery starts again, because the
/// damaged file stays where it is until its successor is complete.
/// </summary>
internal sealed partial class FileRecovery(string path, PayloadEncryption encryption, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// A file up to this size is checked completely at every start; a larger one only after damage was noted.
    /// </summary>
    private const long QuickCheckBytes = 64 * 1024 * 1024;

    /// <summary>The suffixes of the files that make up a database, the main file first.</summary>
    public static readonly string[] Companions = ["", "-wal", "-shm"];

    /// <summary>The file that notes damage. It is beside the database, which cannot hold the note itself.</summary>
    public static string NoteOf(string path) => path + ".damaged";

    private string Evidence =>
        string.Create(CultureInfo.InvariantCulture, $"{path}.corrupt-{time.GetUtcNow():yyyyMMddTHHmmssZ}");

    private string Successor => path + ".recovering";

    /// <summary>Replaces the file if it is damaged, and finishes a recovery that a crash has interrupted.</summary>
    /// <param name="known">
    /// Damage that is known already; <see langword="null"/> if the file has to be checked.
    /// </param>
    public void RunIfNeeded(string? known)
    {
        if (!File.Exists(path) && File.Exists(Successor))
        {
            SetAside(Evidence);
        }

        if (File.Exists(path) && (known ?? FindDamage()) is { } damage)
        {
            Run(damage);
        }
    }

    private void Run(string damage)
    {
        var evidence = Evidence;
        Log.FoundDamaged(logger, path, damage, evidence);
        DeleteSuccessor();
        var recovered = CopyWhatIsReadable();
        SetAside(evidence);
        File.Delete(NoteOf(path));
        Log.Recovered(logger, recovered.Waiting, recovered.Failed, recovered.Missing);
    }

    /// <summary>
    /// The main file first: after a crash, its absence says where to continue. Its WAL must not be applied to the
    /// successor.
    /// </summary>
    private void SetAside(string evidence)
    {
        foreach (var companion in Companions.Where(companion => File.Exists(path + companion)))
        {
            File.Move(path + companion, evidence + companion, overwrite: true);
        }

        File.Move(Successor, path);
    }

    private RecoveredRows CopyWhatIsReadable()
    {
        // A copy, because reading a database that has a WAL writes to its files, and evidence must not change.
        var copy = Successor + ".source";
        foreach (var companion in Companions.Where(companion => companion != "-shm" && File.Exists(path + companion)))
        {
            File.Copy(path + companion, copy + companion, overwrite: true);
        }

        try
        {
            OwnerOnlyFiles.Open(Successor, FileShare.ReadWrite).Dispose();
            using var target = Open(Successor, SqliteOpenMode.ReadWriteCreate);
            Execute(target, "PRAGMA auto_vacuum = INCREMENTAL");
            Schema.Migrate(target);
            using var source = Open(copy, SqliteOpenMode.ReadWrite);
            Execute(target, "BEGIN");
            var recovered = new RowRecovery(source, target, encryption).Run();
            Execute(target, "COMMIT");
            return recovered;
        }
        finally
        {
            foreach (var companion in Companions)
            {
                File.Delete(copy + companion);
            }
        }
    }

    /// <summary>What is wrong with the file, or <see langword="null"/>.</summary>
    private string? FindDamage()
    {
        try
        {
            using var connection = Open(path, SqliteOpenMode.ReadWrite);

            // Damage noted while the service ran may be of a kind that the quick check does not find.
            using var check = new Statement(
                connection,
                File.Exists(NoteOf(path)) ? "PRAGMA integrity_check(1)"
                    : new FileInfo(path).Length <= QuickCheckBytes ? "PRAGMA quick_check(1)"
                    : "SELECT 'ok' FROM sqlite_schema LIMIT 1"
            );
            var said = check.Read() ? check.Text(0) : "ok";
            check.Reset();
            var damage = said != "ok" ? said : Schema.FindDamage(connection) ?? FindHeaderDamage();
            if (damage is null)
            {
                File.Delete(NoteOf(path));
            }

            return damage;
        }
        catch (SqliteException error)
            when (DiskErrors.IsDamage(error) || error.SqliteErrorCode is raw.SQLITE_ERROR or raw.SQLITE_TOOBIG)
        {
            // The last two mean a format, a schema or a length that makes no sense.
            return error.Message;
        }
    }

    /// <summary>
    /// A write version that SQLite does not support makes a file read-only. Source: SQLite, "Database File Format",
    /// 1.3.3.
    /// </summary>
    private string? FindHeaderDamage()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[20];
        return file.Read(header) == header.Length && header[18] > 2
            ? "its header says that it cannot be written"
            : null;
    }

    private void DeleteSuccessor()
    {
        foreach (var companion in (string[])[.. Companions, "-journal"])
        {
            File.Delete(Successor + companion);
        }
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = mode,
                Pooling = false,
            }.ToString()
        );
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        statement.Execute();
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 404,
            Level = LogLevel.Critical,
            Message = "The outbox '{Path}' was damaged ({Damage}). What can be read is copied into a new file; the "
                + "damaged file is kept as '{Evidence}'"
        )]
        public static partial void FoundDamaged(ILogger logger, string path, string damage, string evidence);

        [LoggerMessage(
            EventId = 405,
            Level = LogLevel.Critical,
            Message = "Recovered {Waiting} waiting and {Failed} failed events from the damaged outbox. {Missing} "
                + "could not be read and count as discarded"
        )]
        public static partial void Recovered(ILogger logger, long waiting, long failed, long missing);
    }
}
