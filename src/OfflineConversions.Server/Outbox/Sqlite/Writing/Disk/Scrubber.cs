using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

/// <summary>
/// Removes what was deleted from the files, on request, in slices between which the writer commits. Requests come from
/// any thread; the slices run on the writer's.
/// </summary>
internal sealed class Scrubber(Upkeep upkeep, DiskWatch disk, WriteQueue queue)
{
    private readonly ConcurrentQueue<TaskCompletionSource> _requests = new();

    /// <summary>Completes when the files no longer hold anything that was deleted before.</summary>
    public Task ScrubAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Enqueue(done);
        queue.AskForUpkeep();
        return done.Task;
    }

    /// <summary>Does a slice of what was requested, and asks for the next one.</summary>
    public void RunSlice()
    {
        if (_requests.IsEmpty || disk.Problem is not null)
        {
            return;
        }

        try
        {
            if (upkeep.ScrubSlice())
            {
                EndAll(done => done.SetResult());
            }
            else
            {
                queue.AskForUpkeep();
            }
        }
        catch (SqliteException error)
        {
            disk.Report(error);
        }
    }

    /// <summary>Cancels what is still requested when the outbox closes.</summary>
    public void Cancel() => EndAll(done => done.SetCanceled());

    private void EndAll(Action<TaskCompletionSource> end)
    {
        while (_requests.TryDequeue(out var done))
        {
            end(done);
        }
    }
}
