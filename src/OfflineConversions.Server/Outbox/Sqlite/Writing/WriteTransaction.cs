using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// The writer's transaction, used again and again, and the tables that operations change in it. What a table caches in
/// memory follows the file: it is kept by <see cref="Commit"/> and undone by <see cref="Undo"/>.
/// </summary>
internal sealed class WriteTransaction : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly ContentEncryption _encryption;

    public WriteTransaction(SqliteConnection connection, PayloadEncryption encryption)
    {
        _connection = connection;
        _begin = new Statement(connection, "BEGIN IMMEDIATE");
        _commit = new Statement(connection, "COMMIT");
        _rollback = new Statement(connection, "ROLLBACK");
        Encryption = encryption;
        _encryption = new ContentEncryption(connection, encryption);
        Destinations = new DestinationRows(connection);
        Chunks = new ChunkRows(connection, _encryption);
        Fresh = new FreshChunks(Destinations, Chunks);
        Failed = new FailedRows(connection, _encryption);
        Ledger = new LedgerRows(connection);
        Pauses = new PauseRows(connection);
        Halts = new HaltRows(connection);
        Pending = new PendingRows(connection);
        Imports = new ImportRows(connection);
        Alerts = new AlertRows(connection);
        Keys = new DeduplicationRows(connection);
        Suppressions = new Suppressions(connection);
        Journal = new JournalRows(connection, _encryption, encryption);
    }

    /// <summary>The time of the transaction: one for all of its operations.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Decrypts what is read to be written again.</summary>
    public PayloadEncryption Encryption { get; }

    public DestinationRows Destinations { get; }

    public ChunkRows Chunks { get; }

    /// <summary>Chunks that the transaction adds.</summary>
    public FreshChunks Fresh { get; }

    public FailedRows Failed { get; }

    public LedgerRows Ledger { get; }

    public PauseRows Pauses { get; }

    public HaltRows Halts { get; }

    /// <summary>What waits, by dataset.</summary>
    public PendingRows Pending { get; }

    /// <summary>The imports of files.</summary>
    public ImportRows Imports { get; }

    /// <summary>What was notified of alerts.</summary>
    public AlertRows Alerts { get; }

    /// <summary>The deduplication keys.</summary>
    public DeduplicationRows Keys { get; }

    /// <summary>Erased persons. No operation writes anything of theirs again.</summary>
    public Suppressions Suppressions { get; }

    /// <summary>What became of each event.</summary>
    public JournalRows Journal { get; }

    /// <summary>Ends the notice of every recovery.</summary>
    public int ClearRecoveries() => RecoveryRows.Clear(_connection);

    /// <summary>Begins it.</summary>
    public void Begin(DateTimeOffset now)
    {
        Now = now;
        _begin.Execute();
    }

    /// <summary>Writes what was collected and commits. When it returns, everything is on disk.</summary>
    public void Commit()
    {
        Fresh.Flush(Now);
        Journal.Flush(Now);
        Ledger.Flush();
        if (Keys.Flush() is var rows and > 0)
        {
            // Deleting faster than adding keeps the table as large as the window needs, without a schedule.
            Keys.Prune(Now, 2 * rows);
        }

        _commit.Execute();
        Keys.Keep();
        Suppressions.Keep();
        Journal.Keep();
        Fresh.Clear();
    }

    /// <summary>Undoes everything after an error, in the file and in memory.</summary>
    /// <returns>The error, or a worse one that occurred meanwhile.</returns>
    public Exception Undo(Exception error)
    {
        try
        {
            // SQLite itself rolls back on some errors, a full disk among them.
            if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            {
                _rollback.Execute();
            }

            return error;
        }
        catch (SqliteException worse)
        {
            return worse;
        }
        finally
        {
            Destinations.Forget();
            Ledger.Forget();
            Keys.Forget();
            _encryption.Forget();
            Suppressions.Forget();
            Journal.Forget();
            Fresh.Clear();
        }
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        Destinations.Dispose();
        Chunks.Dispose();
        Failed.Dispose();
        Ledger.Dispose();
        Pauses.Dispose();
        Halts.Dispose();
        Pending.Dispose();
        Imports.Dispose();
        Alerts.Dispose();
        Keys.Dispose();
        Suppressions.Dispose();
        Journal.Dispose();
        _encryption.Dispose();
    }
}
