using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Moving;
using OfflineConversions.Server.Outbox.Sqlite.Recovery;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// The file on disk: its folder, its permissions, its connections, and the lock that keeps other processes out. Leases
/// are in memory, so two processes on one file would send everything twice.
/// </summary>
internal sealed partial class DatabaseFile : IDisposable
{
    private readonly string _path;
    private readonly FileLock _lock;
    private readonly bool _isForMove;

    /// <summary>Opens the file, and recovers and migrates it if necessary.</summary>
    /// <param name="options">Where it is, and its encryption.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Reports recovery.</param>
    /// <param name="damage">Damage that is known already: the file is recovered, whatever a check says.</param>
    /// <param name="forMove">Whether it is opened to be moved. Otherwise one that a move has closed is refused.</param>
    /// <exception cref="SettingUnusableException">
    /// Another process has the file, a newer program wrote it, a move has closed it, or it cannot be opened.
    /// </exception>
    public DatabaseFile(
        OutboxOptions options,
        TimeProvider time,
        ILogger logger,
        string? damage = null,
        bool forMove = false
    )
    {
        (_path, _isForMove) = (Resolve(options.Path), forMove);
        Encryption = new PayloadEncryption(options);
        try
        {
            PrepareFolder(Path.GetDirectoryName(_path)!, logger);
            _lock = new FileLock(_path);
            var recovery = new FileRecovery(_path, Encryption, time, logger);
            recovery.FinishInterrupted();
            _lock.LockDatabase();

            // Read before any connection: the last one that closes writes the WAL into the file and deletes it.
            var wal = WalFile.Of(_path);
            var incomplete = IncompleteCommit.Read(_path, wal);
            var isRecovered = recovery.RunIfNeeded(wal, damage);
            if (isRecovered)
            {
                _lock.LockDatabase();
            }

            try
            {
                Recoveries = Prepare(recovery, wal);
            }
            catch (SqliteException unfit) when (!isRecovered && DamageCheck.IsDamage(unfit))
            {
                // No check finds everything.
                recovery.RunIfNeeded(WalFile.Of(_path), unfit.Message);
                _lock.LockDatabase();
                Recoveries = Prepare(recovery, wal);
            }

            StoreIncomplete(incomplete, time.GetUtcNow(), logger);
        }
        catch (Exception reason) when (ReadOnlyFiles.IsReadOnly(reason, _path))
        {
            _lock?.Dispose();
            throw new SettingUnusableException(
                $"The outbox is read-only: {reason.Message.TrimEnd('.')}. Outbox:Path is '{_path}'. This process must "
                    + "be able to write the file and its folder: check the mount, the permissions and the owner.",
                reason
            );
        }
        catch (Exception reason) when (reason is SqliteException or IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw new SettingUnusableException(
                $"The outbox cannot be opened: {reason.Message.TrimEnd('.')}. Outbox:Path is '{_path}'. It must be a "
                    + "file "
                    + "that this process can create, read and write.",
                reason
            );
        }
        catch
        {
            _lock?.Dispose();
            throw;
        }
    }

    /// <summary>Encrypts and decrypts what the file holds.</summary>
    public PayloadEncryption Encryption { get; }

    /// <summary>The recoveries that were not acknowledged when the file was opened.</summary>
    public IReadOnlyList<RecoveryNotice> Recoveries { get; }

    /// <summary>The mark that makes the loss of the WAL visible.</summary>
    public WalMark MarkWal(SqliteConnection writer) => new(writer, _path);

    /// <summary>Whether the file system has become read-only. Nothing is written to find out.</summary>
    public bool IsReadOnly => ReadOnlyFiles.RefusesWrites(_path + ".lock");

    /// <summary>The reserve beside the file.</summary>
    public DiskReserve Reserve => new(_path + ".reserve");

    /// <summary>
    /// Opens the only connection that writes. FULL: with NORMAL a committed transaction can be lost when the power
    /// fails. The WAL stays below the size of its own checkpoint, and temporary tables never reach the disk. What is
    /// deleted within a page is overwritten if that costs no additional write (FAST); freed pages are returned after an
    /// erasure.
    /// </summary>
    public SqliteConnection OpenWriter()
    {
        var connection = Connect();
        Run(
            connection,
            "PRAGMA synchronous = FULL",
            "PRAGMA secure_delete = FAST",
            "PRAGMA cache_size = -32768",
            "PRAGMA wal_autocheckpoint = 4000",
            "PRAGMA journal_size_limit = 16777216"
        );
        return connection;
    }

    /// <summary>Opens a connection that only reads, and so never waits for the writer.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Connect();
        Run(connection, "PRAGMA query_only = ON", "PRAGMA cache_size = -8192");
        return connection;
    }

    /// <summary>Notes that the file is damaged, so that the next start checks and recovers it.</summary>
    public void NoteDamage() => OwnerOnlyFiles.Open(FileRecovery.NoteOf(_path), FileShare.ReadWrite).Dispose();

    /// <summary>Reads, and notes damage that the reader finds.</summary>
    public async ValueTask<T> NoteDamageOf<T>(ValueTask<T> reading)
    {
        try
        {
            return await reading;
        }
        catch (SqliteException error) when (DiskErrors.IsDamage(error))
        {
            NoteDamage();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Migrates the file and checks what only an open file shows.</summary>
    private IReadOnlyList<RecoveryNotice> Prepare(FileRecovery recovery, WalFile wal)
    {
        // WAL and shared-memory files inherit the mode of the database file.
        using var connection = Connect();
        Run(connection, "PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA journal_mode = WAL");
        Schema.Migrate(connection);
        recovery.ReportMissingWal(connection, wal);
        MoveMarkRow.RequireOpen(connection, _path, isForMove: _isForMove);
        RequiredKeys.Check(connection, Encryption);
        return RecoveryRows.Read(connection);
    }

    private void StoreIncomplete(IncompleteCommit? incomplete, DateTimeOffset now, ILogger logger)
    {
        if (incomplete is null)
        {
            return;
        }

        using var connection = Connect();
        if (incomplete.Store(connection, Encryption, now) is > 0 and var stored)
        {
            Log.StoredIncompleteCommit(logger, stored);
        }
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString()
        );
        connection.Open();

        // Without it, SQLite prepares a statement with a bound LIMIT again at each use, because the value might change
        // its plan.
        raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
        Run(connection, "PRAGMA busy_timeout = 5000", "PRAGMA temp_store = MEMORY");
        return connection;
    }

    private static void Run(SqliteConnection connection, params ReadOnlySpan<string> pragmas)
    {
        foreach (var pragma in pragmas)
        {
            using var statement = new Statement(connection, pragma);
            statement.Execute();
        }
    }

    /// <summary>Creates the folder, and restricts files in it that came from elsewhere.</summary>
    private void PrepareFolder(string folder, ILogger logger)
    {
        OwnerOnlyFiles.CreateFolder(folder);
        if (OwnerOnlyFiles.IsWritableByOthers(folder))
        {
            Log.FolderIsWritableByOthers(logger, folder);
        }

        foreach (var suffix in FileRecovery.Companions)
        {
            OwnerOnlyFiles.Restrict(_path + suffix);
        }
    }

    /// <summary>SQLite follows a symbolic link, and puts the WAL beside the file that it names.</summary>
    private static string Resolve(string path) =>
        new FileInfo(path).LinkTarget is null
            ? Path.GetFullPath(path)
            : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 403,
            Level = LogLevel.Warning,
            Message = "Other users can write to the outbox's folder '{Folder}'. They cannot read its files, but could "
                + "replace them"
        )]
        public static partial void FolderIsWritableByOthers(ILogger logger, string folder);

        [LoggerMessage(
            EventId = 419,
            Level = LogLevel.Information,
            Message = "Stored {Count} events of the last commit before the crash, which was not complete"
        )]
        public static partial void StoredIncompleteCommit(ILogger logger, int count);
    }
}
