using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// The only writer: a thread of its own, because it spends its life waiting for the disk. It takes all that waits, runs
/// it as one transaction and then tells the callers. While one commit is on its way to disk, the next one's company
/// gathers by itself; only right after a crowd it is given a moment to come together.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfterTrouble = TimeSpan.FromSeconds(5);

    // From this many callers at once on, a short wait for company costs them less than the commits it saves.
    private const int Crowd = 8;

    // One of them may have much to do right away: the next request on its connection.
    private const int MostTold = 16;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly WriteQueue _queue;
    private readonly SqliteConnection _connection;
    private readonly WriteTransaction _transaction;
    private readonly Upkeep _upkeep;
    private readonly DatabaseFile _file;
    private readonly DiskReserve _reserve;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Settlements that met a disk in trouble. They go first as soon as it takes anything.
    private readonly List<WriteOperation> _owed = [];

    // Who waits until what was deleted is gone from the files.
    private readonly ConcurrentQueue<TaskCompletionSource> _scrubs = new();
    private volatile string? _problem;
    private long _commits;

    public GroupCommit(
        WriteQueue queue,
        SqliteConnection connection,
        DatabaseFile file,
        PayloadSeal seal,
        TimeSpan failedRetention,
        TimeProvider time,
        ILogger logger
    )
    {
        _queue = queue;
        _connection = connection;
        _transaction = new WriteTransaction(connection, seal);
        _upkeep = new Upkeep(connection, _transaction, failedRetention);
        (_file, _reserve) = (file, file.Reserve);
        _time = time;
        _logger = logger;
        new Thread(Run) { Name = "outbox writer", IsBackground = true }.Start();
    }

    /// <summary>What keeps the outbox from taking events, or <see langword="null"/>.</summary>
    public string? Problem => _problem;

    /// <summary>Who was erased.</summary>
    public Suppressions Suppressions => _transaction.Suppressions;

    /// <summary>Waits until nothing that was deleted before can be read in the files any more.</summary>
    public Task ScrubAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _scrubs.Enqueue(done);
        _queue.AskForUpkeep();
        return done.Task;
    }

    /// <summary>For tests, which make it refuse to grow.</summary>
    internal SqliteConnection Connection => _connection;

    /// <summary>How many transactions callers were told of.</summary>
    public long Commits => Interlocked.Read(ref _commits);

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
        LookAfterFile();
        var taken = new List<WriteOperation>();
        var before = 0;
        while (_queue.Take(taken, out var upkeep))
        {
            if (before >= Crowd && taken.Count > 0 && taken.Count < before && _problem is null)
            {
                // Where many came at once, the rest of them is on its way: a moment's wait halves the commits.
                Thread.Sleep(Moment);
                _queue.TakeMore(taken);
            }

            before = taken.Count;
            WriteOwed();
            if (_problem is not null)
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
                LookAfterFile();
                Scrub();
            }
        }

        WriteOwed();
        GiveUpOwed();
        EndScrubs(done => done.SetCanceled());
        _ended.SetResult();
    }

    private void Write(List<WriteOperation> operations)
    {
        if (TryCommit(operations) is not { } error)
        {
            Answer(operations.ToArray());
        }
        else if (DiskTrouble.Describe(error) is { } problem)
        {
            Note(problem, error);
            Refuse(operations);
        }
        else if (operations.Count > 1)
        {
            // One of them is to blame: each has its own transaction now, and its neighbours do not suffer.
            foreach (var operation in operations)
            {
                Write([operation]);
            }
        }
        else
        {
            Log.OperationFailed(_logger, error);
            ThreadPool.UnsafeQueueUserWorkItem(
                static failed => failed.Operation.Fail(failed.Error),
                (Operation: operations[0], Error: error),
                preferLocal: false
            );
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
            return Rollback(error);
        }

        Interlocked.Increment(ref _commits);
        foreach (var operation in operations)
        {
            operation.Committed();
        }

        return null;
    }

    private Exception Rollback(Exception error)
    {
        try
        {
            _transaction.Rollback();
            return error;
        }
        catch (SqliteException worse)
        {
            return worse;
        }
    }

    // Callers go on right where they are told, so one hand-over serves many of them; as many hand-overs as there are
    // processors, because each caller has an answer to write. Never on the writer's own thread: it has the next commit
    // to write.
    private static void Answer(WriteOperation[] operations)
    {
        var each = Math.Clamp(
            (operations.Length + Environment.ProcessorCount - 1) / Environment.ProcessorCount,
            1,
            MostTold
        );
        foreach (var some in operations.Chunk(each))
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static committed =>
                {
                    foreach (var operation in committed)
                    {
                        operation.Succeed();
                    }
                },
                some,
                preferLocal: false
            );
        }
    }

    private void Refuse(List<WriteOperation> operations)
    {
        foreach (var operation in operations)
        {
            if (operation is AppendOperation append)
            {
                ThreadPool.UnsafeQueueUserWorkItem(
                    static refused => refused.Refuse(RetryAfterTrouble),
                    append,
                    preferLocal: false
                );
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
            // By themselves: they make room, and what room there is, is theirs.
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

    private void LookAfterFile()
    {
        try
        {
            if (_problem is not null)
            {
                _upkeep.Shrink();
            }

            _reserve.Hold();
            if (_problem is not null)
            {
                _upkeep.Probe();
                Recovered();
            }

            _upkeep.Slice(_time.GetUtcNow());
        }
#pragma warning disable CA1031 // As above: the writer outlives whatever upkeep meets.
        catch (Exception error)
#pragma warning restore CA1031
        {
            var cause = Rollback(error);
            Note(DiskTrouble.Describe(cause) ?? "Looking after the outbox file failed.", cause);
        }
    }

    /// <summary>A slice of it; the rest has its turn after the operations that came meanwhile.</summary>
    private void Scrub()
    {
        if (_scrubs.IsEmpty || _problem is not null)
        {
            return;
        }

        try
        {
            if (_upkeep.ScrubSlice())
            {
                EndScrubs(done => done.SetResult());
            }
            else
            {
                _queue.AskForUpkeep();
            }
        }
        catch (SqliteException error)
        {
            Note(DiskTrouble.Describe(error) ?? "Looking after the outbox file failed.", error);
        }
    }

    private void EndScrubs(Action<TaskCompletionSource> end)
    {
        while (_scrubs.TryDequeue(out var done))
        {
            end(done);
        }
    }

    private void Note(string problem, Exception error)
    {
        if (_problem is null)
        {
            Log.BecameUnavailable(_logger, problem, error);
        }

        _problem = problem;
        try
        {
            if (DiskTrouble.IsDamage(error))
            {
                _file.NoteDamage();
            }

            _reserve.GiveUp();
            _upkeep.EmptyWal();
        }
        catch (Exception inTrouble) when (inTrouble is IOException or UnauthorizedAccessException or SqliteException)
        {
            // The next round of upkeep tries again.
            Log.MadeNoRoom(_logger, inTrouble);
        }
    }

    private void Recovered()
    {
        _problem = null;
        Log.BecameAvailable(_logger);
    }
}
