using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

/// <summary>What the writer does once a second besides its work, in slices too small to be noticed.</summary>
internal sealed class Upkeep(SqliteConnection connection, WriteTransaction transaction, WalMark mark, RowLimits limits)
    : IDisposable
{
    private const int KeyRowsPerSlice = 200;
    private const int FailedPerSlice = 200;

    // Free pages are reused before the file grows; only more than this many are returned to the disk.
    private const int SparePages = 1024;
    private const int PagesPerSlice = 2048;

    private readonly Statement _emptyWal = new(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    private readonly Statement _fill = new(
        connection,
        "INSERT OR REPLACE INTO probe (id, filler) VALUES (1, randomblob(65536))"
    );
    private readonly Statement _empty = new(connection, "DELETE FROM probe");
    private readonly Statement _freePages = new(connection, "PRAGMA freelist_count");
    private readonly Statement _shrink = new(connection, $"PRAGMA incremental_vacuum({PagesPerSlice})");
    private bool _pulledBack;

    /// <summary>Moves the WAL into the file and returns its space to the disk.</summary>
    public void EmptyWal() => _emptyWal.Execute();

    /// <summary>
    /// Returns free pages to a full disk. The file itself shrinks when the WAL is emptied into it.
    /// </summary>
    public void Shrink()
    {
        _shrink.Execute();
        _emptyWal.Execute();
    }

    /// <summary>
    /// Returns free pages to the disk, and then the WAL, so that no file holds what was deleted. True once all is done.
    /// </summary>
    public bool ScrubSlice()
    {
        var before = _freePages.Scalar();
        if (before > 0)
        {
            _shrink.Execute();
        }

        var left = _freePages.Scalar();
        return (left == 0 || left >= before) && _emptyWal.Scalar() == 0;
    }

    /// <summary>Throws unless the disk accepts a write as large as a busy commit's.</summary>
    public void Probe()
    {
        _fill.Execute();
        _empty.Execute();
    }

    /// <summary>Forgets what has expired, and shrinks the file if much of it is free.</summary>
    /// <param name="time">The clock. The first call corrects times that an earlier process wrote by another.</param>
    /// <returns>How many waits the first call has ended.</returns>
    public int Slice(SteadyTime time)
    {
        var now = time.GetUtcNow();
        transaction.Begin(now);
        var pulledBack = _pulledBack
            ? 0
            : transaction.Chunks.PullBack(now, limits.LongestWait)
                + transaction.Halts.PullBack(now, limits.LongestWait);
        transaction.Keys.Prune(now, KeyRowsPerSlice);
        transaction.Suppressions.Prune(now);
        transaction.Destinations.Prune();
        FailedResolution.Expire(transaction, time.EarlierNow - limits.FailedRetention, FailedPerSlice);
        transaction.Journal.Maintain(time.EarlierNow, limits.Journal);
        transaction.Commit();
        _pulledBack = true;
        mark.Renew();
        if (_freePages.Scalar() > SparePages)
        {
            _shrink.Execute();
        }

        return pulledBack;
    }

    public void Dispose()
    {
        mark.Dispose();
        _emptyWal.Dispose();
        _fill.Dispose();
        _empty.Dispose();
        _freePages.Dispose();
        _shrink.Dispose();
    }
}

/// <summary>How long rows may stay as they are.</summary>
/// <param name="FailedRetention">How long the failed list keeps an event.</param>
/// <param name="LongestWait">The longest that anything waits for its next attempt or probe.</param>
/// <param name="Journal">How long and how large the journal may become.</param>
internal readonly record struct RowLimits(TimeSpan FailedRetention, TimeSpan LongestWait, JournalLimits Journal);
