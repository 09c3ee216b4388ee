namespace OfflineConversions.Server.Outbox;

/// <summary>
/// Does work that only one of the processes on a store may do at a time. The lease is renewed while the work runs. If
/// it cannot be, the work is told to stop before another process can take over.
/// </summary>
/// <param name="replicas">Has the leases.</param>
/// <param name="time">The clock by which a lease that is not renewed ends here.</param>
internal sealed class LeasedTask(IReplicaStore replicas, TimeProvider time)
{
    /// <summary>How long others wait for a process that died.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Renewal = Duration / 3;

    /// <summary>Does the work if no other process does it.</summary>
    /// <param name="task">The name of the task.</param>
    /// <param name="work">The work. Its token is cancelled when the lease is lost or the process stops.</param>
    /// <param name="stopping">Cancels it.</param>
    /// <returns>False if another process has the task, or took it before the work was done.</returns>
    public Task<bool> TryAsync(
        string task,
        Func<TaskLease, CancellationToken, Task> work,
        CancellationToken stopping
    ) => TryAsync(task, work, isReturned: true, stopping);

    /// <summary>The same, and keeps the task afterwards: this process is going to do it again at once.</summary>
    public Task<bool> TryAndKeepAsync(
        string task,
        Func<TaskLease, CancellationToken, Task> work,
        CancellationToken stopping
    ) => TryAsync(task, work, isReturned: false, stopping);

    private async Task<bool> TryAsync(
        string task,
        Func<TaskLease, CancellationToken, Task> work,
        bool isReturned,
        CancellationToken stopping
    )
    {
        // Counted from before the question, so the lease ends here before it ends in the store.
        var asked = time.GetTimestamp();
        if (await replicas.TryTakeTaskAsync(task, Duration, stopping) is not { } lease)
        {
            return false;
        }

        if (!lease.IsShared)
        {
            await work(lease, stopping);
            return true;
        }

        var left = Duration - time.GetElapsedTime(asked);
        using var lost = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(lost.Token, stopping);
        var working = work(lease, ended.Token);
        await KeepAsync(lease, working, lost, stopping);
        try
        {
            await working;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            if (isReturned || !working.IsCompletedSuccessfully)
            {
                await ReturnAsync(lease);
            }
        }

        return !lost.IsCancellationRequested;
    }

    /// <summary>Renews the lease until the work is done or the lease is lost.</summary>
    private async Task KeepAsync(
        TaskLease lease,
        Task working,
        CancellationTokenSource lost,
        CancellationToken stopping
    )
    {
        while (!await IsDoneAsync(working, stopping) && !lost.IsCancellationRequested)
        {
            var asked = time.GetTimestamp();
            try
            {
                if (await replicas.TryTakeTaskAsync(lease.Task, Duration, lost.Token) != lease)
                {
                    await lost.CancelAsync();
                }
                else if (Duration - time.GetElapsedTime(asked) is var left && left > TimeSpan.Zero)
                {
                    lost.CancelAfter(left);
                }
            }
#pragma warning disable CA1031 // It is asked again until the lease ends, whatever it was.
            catch (Exception)
#pragma warning restore CA1031
            {
                // The store says what is wrong with it.
            }
        }
    }

    /// <summary>Waits for the next renewal.</summary>
    private async Task<bool> IsDoneAsync(Task working, CancellationToken stopping)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(working, Task.Delay(Renewal, time, waiting.Token));
        await waiting.CancelAsync();
        return working.IsCompleted || stopping.IsCancellationRequested;
    }

    private async Task ReturnAsync(TaskLease lease)
    {
        try
        {
            await replicas.ReturnTaskAsync(lease, CancellationToken.None);
        }
#pragma warning disable CA1031 // The lease ends by itself.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The store says what is wrong with it.
        }
    }
}
