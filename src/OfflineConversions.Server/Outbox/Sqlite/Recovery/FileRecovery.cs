using System.Globalization;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// Recovers a damaged file at the start: what can still be read is copied row by row into a new file, the damaged one
/// is set aside as evidence, and the new one takes its place. The damaged file is read page by page, without SQLite,
/// and is not changed. After a crash the recovery starts again, because the damaged file stays where it is until its
/// successor is complete.
/// </summary>
internal sealed partial class FileRecovery(string path, PayloadEncryption encryption, TimeProvider time, ILogger logger)
{
    /// <summary>The suffixes of the files that make up a database, the main file first.</summary>
    public static readonly string[] Companions = ["", "-wal", "-shm"];

    /// <summary>The file that notes damage. It is beside the database, which cannot hold the note itself.</summary>
    public static string NoteOf(string path) => path + ".damaged";

    private string Evidence =>
        string.Create(CultureInfo.InvariantCulture, $"{path}.corrupt-{time.GetUtcNow():yyyyMMddTHHmmssZ}");

    private string Successor => path + ".recovering";

    /// <summary>Finishes a recovery that a crash has interrupted.</summary>
    public void FinishInterrupted()
    {
        if (!File.Exists(path) && File.Exists(Successor))
        {
            SetAside(Evidence);
        }
    }

    /// <summary>Replaces the file if it is damaged. True if it did.</summary>
    /// <param name="wal">Its WAL.</param>
    /// <param name="known">
    /// Damage that is known already; <see langword="null"/> if the file has to be checked.
    /// </param>
    public bool RunIfNeeded(WalFile wal, string? known)
    {
        if ((known ?? new DamageCheck(path, wal).Find()) is not { } damage)
        {
            return false;
        }

        Run(wal, damage);
        return true;
    }

    /// <summary>Reports a WAL that a crash left and that is gone, as a whole or all that was in it.</summary>
    /// <param name="connection">The open file.</param>
    /// <param name="wal">Its WAL before it was opened.</param>
    public void ReportMissingWal(SqliteConnection connection, WalFile wal)
    {
        if (!WalMark.IsMissing(connection))
        {
            return;
        }

        WalMark.Clear(connection);
        if (!wal.IsLost)
        {
            // The crash came between the two commits of a renewal.
            return;
        }

        var waiting = Number(connection, "SELECT total(events) FROM chunks");
        var failed = Number(connection, "SELECT count(*) FROM failed");
        Log.MissingWal(logger, path);
        RecoveryRows.Add(
            connection,
            new RecoveryNotice(time.GetUtcNow(), RecoveryNotice.WalMissing, waiting, failed, 0, Missing: null)
        );
    }

    private void Run(WalFile wal, string damage)
    {
        var evidence = Evidence;
        Log.FoundDamaged(logger, path, damage, evidence);
        DeleteSuccessor();
        var recovered = CopyWhatIsReadable(wal);
        SetAside(evidence);
        File.Delete(NoteOf(path));
        var missing = recovered.Missing?.ToString(CultureInfo.InvariantCulture) ?? "An unknown number";
        Log.Recovered(logger, recovered.Waiting, recovered.Failed, recovered.Unreadable, missing);
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

    private RecoveredRows CopyWhatIsReadable(WalFile wal)
    {
        OwnerOnlyFiles.Open(Successor, FileShare.ReadWrite).Dispose();
        using var target = Open(Successor);
        Execute(target, "PRAGMA auto_vacuum = INCREMENTAL");
        Schema.Migrate(target);
        Execute(target, "BEGIN");
        var now = time.GetUtcNow();
        using var source = new DatabasePages(path, wal);
        using var other = source.IsDoubtful ? new DatabasePages(path, wal, WalView.WithoutDoubtful) : null;
        var recovered = new RowRecovery(other is null ? [source] : [source, other], target, encryption, now).Run();
        RecoveryRows.Add(
            target,
            new RecoveryNotice(
                now,
                RecoveryNotice.Damaged,
                recovered.Waiting,
                recovered.Failed,
                recovered.Unreadable,
                recovered.Missing
            )
        );
        Execute(target, "COMMIT");
        return recovered;
    }

    private void DeleteSuccessor()
    {
        foreach (var companion in (string[])[.. Companions, "-journal"])
        {
            File.Delete(Successor + companion);
        }
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString()
        );
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        statement.Execute();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        return statement.Scalar();
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
            Message = "Recovered {Waiting} waiting and {Failed} failed events from the damaged outbox, {Unreadable} of "
                + "them unreadable. {Missing} could not be found and count as discarded"
        )]
        public static partial void Recovered(
            ILogger logger,
            long waiting,
            long failed,
            long unreadable,
            string missing
        );

        [LoggerMessage(
            EventId = 416,
            Level = LogLevel.Critical,
            Message = "The WAL of the outbox '{Path}' is missing after a crash. What was stored since the last "
                + "checkpoint is lost; how much is unknown"
        )]
        public static partial void MissingWal(ILogger logger, string path);
    }
}
