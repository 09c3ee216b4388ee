using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Recovery;
using OfflineConversions.Server.Outbox.Sqlite.Writing;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// The file on disk: its folder, its permissions, its connections, and the lock beside it that keeps a second process
/// out. Leases live in memory, so two processes on one file would send everything twice.
/// </summary>
internal sealed class DatabaseFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _lock;

    /// <param name="path">Where it is.</param>
    /// <param name="seal">Closes and opens payloads.</param>
    /// <param name="time">The time.</param>
    /// <param name="logger">Where recovery is told of.</param>
    /// <param name="damage">Damage that was met in it just now: it is recovered, whatever a check says.</param>
    /// <exception cref="SettingUnusableException">
    /// Another process holds the file, a newer program wrote it, or it cannot be opened.
    /// </exception>
    public DatabaseFile(string path, PayloadSeal seal, TimeProvider time, ILogger logger, string? damage = null)
    {
        _path = Path.GetFullPath(path);
        try
        {
            Prepare(Path.GetDirectoryName(_path)!, logger);
            _lock = Lock(_path + ".lock");
            new FileRecovery(_path, seal, time, logger).RunWhereNeeded(damage);

            // WAL and shared-memory files inherit the mode of the database file.
            OwnerOnly.Open(_path, FileShare.ReadWrite).Dispose();
            using var connection = Connect();
            Run(connection, "PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA journal_mode = WAL");
            Schema.Migrate(connection);
            PayloadKeys.Require(connection, seal);
        }
        catch (Exception reason) when (reason is SqliteException or IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw new SettingUnusableException(
                $"The outbox cannot be opened: {reason.Message.TrimEnd('.')}. Outbox:Path is '{_path}': it must be a file that this process may make, read and write.",
                reason
            );
        }
        catch
        {
            _lock?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The one connection that writes. FULL: with NORMAL a committed transaction can be lost when the power goes.
    /// The WAL stays below the size of its own checkpoint, and temporary tables never touch the disk. What is deleted
    /// within a page is overwritten where that costs no write of its own (FAST); freed pages are given back after an
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

    /// <summary>A connection that only reads, and so never waits for the writer.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Connect();
        Run(connection, "PRAGMA query_only = ON", "PRAGMA cache_size = -8192");
        return connection;
    }

    /// <summary>The room beside the file that is kept for bad times.</summary>
    public DiskReserve Reserve => new(_path + ".reserve");

    /// <summary>
    /// Notes that the file was found damaged: the next start reads it through and recovers what it can.
    /// </summary>
    public void NoteDamage() => OwnerOnly.Open(FileRecovery.NoteOf(_path), FileShare.ReadWrite).Dispose();

    public void Dispose() => _lock.Dispose();

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString()
        );
        connection.Open();
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

    /// <summary>The folder, and what may stand in it from elsewhere.</summary>
    private void Prepare(string folder, ILogger logger)
    {
        OwnerOnly.CreateFolder(folder);
        if (OwnerOnly.IsOpenToOthers(folder))
        {
            Log.FolderIsOpen(logger, folder);
        }

        foreach (var file in FileRecovery.Companions)
        {
            OwnerOnly.Tighten(_path + file);
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return OwnerOnly.Open(path, FileShare.None);
        }
        catch (IOException reason)
        {
            throw new SettingUnusableException(
                $"The outbox is in use by another process: '{path}' is locked. One process owns one outbox file; stop the other one or set Outbox:Path to another file.",
                reason
            );
        }
    }
}
