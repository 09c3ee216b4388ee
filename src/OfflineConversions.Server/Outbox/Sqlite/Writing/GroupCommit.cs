using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// The only writer: a dedicated thread, because it spends its life waiting for the disk. It takes all that waits, runs
/// it as one transaction and then completes the callers. While one commit is on its way to disk, the operations of the
/// next one gather; only right after a crowd the writer waits a moment for them.
/// </summary>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfterTrouble = TimeSpan.FromSeconds(5);

    // From this many callers at once on, a short wait for the others costs less than the commits it saves.
    private const int Crowd = 8;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly WriteQueue _queue;
    private readonly SqliteConnection _connection;
    private readonly WriteTransaction _transaction;
    private readonly Upkeep _upkeep;
    private readonly DiskWatch _disk;
    private readonly Scrubber _scrubber;
    private readonly SteadyTime _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Operations that a failing disk did not take. They go first as soon as it takes anything.
    private readonly List<WriteOperation> _owed = [];
    private long _commits;

    /// <exception cref="SqliteException">The file is damaged.</exception>
    public GroupCommit(WriteQueue queue, DatabaseFile file, RowLimits limits, SteadyTime time, ILogger logger)
    {
        _queue = queue;
        _connection = file.OpenWriter();
        try
        {
            _transaction = new WriteTransaction(_connection, file.Encryption);
            _upkeep = new Upkeep(_connection, _transaction, file.MarkWal(_connection), limits);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }

        _disk = new DiskWatch(file, _transaction, _upkeep, time, logger);
        _scrubber = new Scrubber(_upkeep, _disk, queue);
        (_time, _logger) = (time, logger);

        // Before a due time or a probe is read that another clock has written.
        _disk.LookAfterFile();
        new Thread(Run) { Name = "outbox writer", IsBackground = true }.Start();
    }

    /// <summary>What keeps the outbox from accepting events; <see langword="null"/> if nothing does.</summary>
    public string? Problem => _disk.Problem;

    /// <summary>The erased persons.</summary>
    public Suppressions Suppressions => _transaction.Suppressions;

    /// <summary>For tests, which make the file refuse to grow.</summary>
    internal SqliteConnection Connection => _connection;

    /// <summary>The number of transactions committed for callers.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>See <see cref="Scrubber.ScrubAsync"/>.</summary>
    public Task ScrubAsync() => _scrubber.ScrubAsync();

    /// <summary>Finishes what is queued and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _ended.Task;
        _upkeep.Dispose();
        _transaction.Dispose();
        await _connection.DisposeAsync();
    }

    private void Run()
    {
        var taken = new List<WriteOperation>();
        var before = 0;
        while (_queue.Take(taken, out var upkeep))
        {
            if (before >= Crowd && taken.Count > 0 && taken.Count < before && Problem is null)
            {
                // After a crowd, the rest of it is on its way: waiting a moment halves the number of commits.
                Thread.Sleep(Moment);
                _queue.TakeMore(taken);
            }

            before = taken.Count;
            WriteOwed();
            if (Problem is not null)
            {
                Refuse(taken);
            }
            else if (taken.Count > 0)
            {
                Write(taken);
            }

            WriteOwed();
            if (upkeep)
            {
                _disk.LookAfterFile();
                _scrubber.RunSlice();
            }
        }

        WriteOwed();
        GiveUpOwed();
        _scrubber.Cancel();
        _ended.SetResult();
    }

    private void Write(List<WriteOperation> operations)
    {
        if (TryCommit(operations) is not { } error)
        {
            CallerCompletion.Succeed(operations.ToArray());
        }
        else if (DiskErrors.Describe(error) is not null)
        {
            _disk.Report(error);
            Refuse(operations);
        }
        else if (operations.Count > 1)
        {
            // One of them has a defect. Each gets its own transaction, so that the others do not fail with it.
            foreach (var operation in operations)
            {
                Write([operation]);
            }
        }
        else
        {
            Log.OperationFailed(_logger, error);
            CallerCompletion.Fail(operations[0], error);
        }
    }

    private Exception? TryCommit(List<WriteOperation> operations)
    {
        try
        {
            _transaction.Begin(_time.GetUtcNow());
            foreach (var operation in operations)
            {
                operation.Apply(_transaction);
            }

            _transaction.Commit();
        }
#pragma warning disable CA1031 // A defect ends one operation, not the only writer there is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return _transaction.Undo(error);
        }

        Interlocked.Increment(ref _commits);
        foreach (var operation in operations)
        {
            operation.Committed();
        }

        return null;
    }

    private void Refuse(List<WriteOperation> operations)
    {
        foreach (var operation in operations)
        {
            if (operation is AppendOperation append)
            {
                CallerCompletion.Refuse(append, RetryAfterTrouble);
            }
            else
            {
                _owed.Add(operation);
            }
        }
    }

    private void WriteOwed()
    {
        if (_owed.Count > 0)
        {
            // Without appends: these operations make room, and what room there is belongs to them.
            var owed = _owed.ToList();
            _owed.Clear();
            Write(owed);
        }
    }

    private void GiveUpOwed()
    {
        if (_owed.Count > 0)
        {
            Log.SettlementsLost(_logger, _owed.Count);
            _owed.ForEach(operation => operation.Succeed());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 413, Level = LogLevel.Error, Message = "An outbox operation failed and was undone")]
        public static partial void OperationFailed(ILogger logger, Exception error);

        [LoggerMessage(
            EventId = 415,
            Level = LogLevel.Warning,
            Message = "The outbox closed with {Count} changes that the disk did not accept; chunks that they settle "
                + "are sent again"
        )]
        public static partial void SettlementsLost(ILogger logger, int count);
    }
}
