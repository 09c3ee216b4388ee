using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

/// <summary>
/// Makes the loss of a write-ahead log visible. The table <c>wal_mark</c> says 1 in the database file and 0 in its log.
/// Every consistent view says 0: a restart after a crash, a backup, a copy of both files, a file that was closed. Only
/// a database file without its log says 1. A checkpoint copies the 0 into the file, when nothing is lost without the
/// log; as soon as the log is written again, the mark is renewed. Used by the writer's thread.
/// </summary>
internal sealed class WalMark : IDisposable
{
    private const int HeaderBytes = 32;
    private const int SaltsStart = 16;

    private readonly string _wal;
    private readonly Statement _set;
    private readonly Statement _checkpoint;
    private ulong? _marked;
    private bool _hasBegun;

    /// <param name="connection">The writer's connection.</param>
    /// <param name="path">The database file.</param>
    public WalMark(SqliteConnection connection, string path)
    {
        _wal = path + "-wal";
        _set = new Statement(connection, "UPDATE wal_mark SET is_missing = ?1 WHERE id = 1");
        _checkpoint = new Statement(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    }

    /// <summary>Whether an open database that had no log says that it lost one.</summary>
    public static bool IsMissing(SqliteConnection connection)
    {
        using var mark = new Statement(connection, "SELECT is_missing FROM wal_mark WHERE id = 1");
        return mark.Scalar() != 0;
    }

    /// <summary>Removes the mark of a log that was lost.</summary>
    public static void Clear(SqliteConnection connection)
    {
        using var clear = new Statement(connection, "INSERT OR REPLACE INTO wal_mark (id, is_missing) VALUES (1, 0)");
        clear.Execute();
    }

    /// <summary>Sets the mark at the start, and again if the log has begun a new round since.</summary>
    public void Renew()
    {
        if (!_hasBegun || (Round() is { } round && round != _marked))
        {
            Set();
        }
    }

    public void Dispose()
    {
        _set.Dispose();
        _checkpoint.Dispose();
    }

    private void Set()
    {
        _set.Bind(1, 1).Execute();
        _checkpoint.Execute();
        _set.Bind(1, 0).Execute();
        (_marked, _hasBegun) = (Round(), true);
    }

    /// <summary>What distinguishes one round of the log from the next: its salts. Nothing while it is empty.</summary>
    private ulong? Round()
    {
        if (!File.Exists(_wal))
        {
            return null;
        }

        using var file = new FileStream(_wal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[HeaderBytes];
        return file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes
            ? BinaryPrimitives.ReadUInt64BigEndian(header[SaltsStart..])
            : null;
    }
}
