using System.Globalization;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Writing;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// What happens to a damaged file at the start: what can still be read is copied row by row into a new file, the
/// damaged one is set aside as evidence, and the new one takes its place. A crash on the way starts it again: the
/// damaged file stays where it is until its successor is complete.
/// </summary>
internal sealed class FileRecovery(string path, PayloadSeal seal, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// A file up to this size is read through at every start; a larger one only after it was found damaged.
    /// </summary>
    private const long QuickCheckBytes = 64 * 1024 * 1024;

    /// <summary>What belongs to a database file, the file itself first.</summary>
    public static readonly string[] Companions = ["", "-wal", "-shm"];

    /// <summary>The damage note: beside the file, since the file cannot hold it.</summary>
    public static string NoteOf(string path) => path + ".damaged";

    private string Evidence =>
        string.Create(CultureInfo.InvariantCulture, $"{path}.corrupt-{time.GetUtcNow():yyyyMMddTHHmmssZ}");

    private string Successor => path + ".recovering";

    /// <summary>Replaces the file where it is damaged, and finishes what a crash has interrupted.</summary>
    /// <param name="known">
    /// Damage that was met and that no check need find; <see langword="null"/> where the file is to be looked at.
    /// </param>
    public void RunWhereNeeded(string? known)
    {
        if (!File.Exists(path) && File.Exists(Successor))
        {
            SetAside(Evidence);
        }

        if (File.Exists(path) && (known ?? Damage()) is { } damage)
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

    /// <summary>The database first: from then on a crash goes on here. Its WAL must not meet the successor.</summary>
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
        // A copy, because reading a database with a WAL writes beside it, and evidence is not written to.
        var copy = Successor + ".source";
        foreach (var companion in Companions.Where(companion => companion != "-shm" && File.Exists(path + companion)))
        {
            File.Copy(path + companion, copy + companion, overwrite: true);
        }

        try
        {
            OwnerOnly.Open(Successor, FileShare.ReadWrite).Dispose();
            using var target = Open(Successor, SqliteOpenMode.ReadWriteCreate);
            Execute(target, "PRAGMA auto_vacuum = INCREMENTAL");
            Schema.Migrate(target);
            using var source = Open(copy, SqliteOpenMode.ReadWrite);
            Execute(target, "BEGIN");
            var recovered = new RowRecovery(source, target, seal).Run();
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
    private string? Damage()
    {
        try
        {
            using var connection = Open(path, SqliteOpenMode.ReadWrite);

            // Damage that was met while working need not be any that the quick check looks for.
            using var check = new Statement(
                connection,
                File.Exists(NoteOf(path)) ? "PRAGMA integrity_check(1)"
                    : new FileInfo(path).Length <= QuickCheckBytes ? "PRAGMA quick_check(1)"
                    : "SELECT 'ok' FROM sqlite_schema LIMIT 1"
            );
            var said = check.Read() ? check.Text(0) : "ok";
            check.Reset();
            var damage = said != "ok" ? said : Schema.Damage(connection) ?? HeaderDamage();
            if (damage is null)
            {
                File.Delete(NoteOf(path));
            }

            return damage;
        }
        catch (SqliteException error)
            when (DiskTrouble.IsDamage(error) || error.SqliteErrorCode is raw.SQLITE_ERROR or raw.SQLITE_TOOBIG)
        {
            // The last two: a format, a schema or a length that makes no sense.
            return error.Message;
        }
    }

    /// <summary>
    /// A version for writers that SQLite does not know makes a file readable only. Source: SQLite, "Database File
    /// Format", 1.3.3.
    /// </summary>
    private string? HeaderDamage()
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
}
