namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// Decodes, parses and maps large bodies, and small ones with many events, on a few dedicated threads, half as many as
/// there are cores. Other bodies then always find a free core, and the pooled arrays that a thread keeps after a large
/// body exist once for each of these threads, not once for each thread of the pool.
/// </summary>
internal sealed class LargeBodies : IDisposable
{
    /// <summary>
    /// The size from which a body counts as large. Ordinary batches rarely are: the vendors' clients send at most
    /// 500 KB, and usually far less.
    /// </summary>
    public const int Bytes = 256 * 1024;

    /// <summary>
    /// The most events of a body that does not count as large. Three bytes can be an event (<c>{},</c>), and even one
    /// that is ignored costs microseconds, so bytes alone do not say how long the work is.
    /// </summary>
    public const int Events = 256;

    // No connection can have this name, nor that of the operator.
    private const string Unauthenticated = "\0";

    private readonly TimeProvider _time;
    private readonly FairQueue _waiting = new();
    private long _done;

    public LargeBodies(TimeProvider time)
    {
        _time = time;
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
        {
            new Thread(Work) { IsBackground = true, Name = "large bodies" }.Start();
        }
    }

    /// <summary>How many bodies these threads have worked on.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>
    /// Does the work when it is the caller's turn. The bytes that it reads must stay valid until the task has ended,
    /// even if the client has disconnected.
    /// </summary>
    /// <param name="caller">
    /// The connection whose key was presented, or <see cref="BodyReader.Operator"/>; <see langword="null"/> before a
    /// key is known. Callers take turns.
    /// </param>
    /// <param name="work">The work. It receives the time slice of this body and yields when that is over.</param>
    /// <param name="cancellationToken">Cancels work that has not started. Work that has started is finished.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled before its turn.</exception>
    public Task<T> RunAsync<T>(string? caller, Func<TimeSlice, T> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(caller ?? Unauthenticated, () => Run(work, done, cancellationToken));
        return done.Task;
    }

    public void Dispose() => _waiting.Complete();

    private void Run<T>(Func<TimeSlice, T> work, TaskCompletionSource<T> done, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            done.SetCanceled(cancellationToken);
            return;
        }

        Interlocked.Increment(ref _done);
        try
        {
            done.SetResult(work(new TimeSlice(_time)));
        }
        catch (Exception bug)
        {
            done.SetException(bug); // it fails its request; the thread survives
        }
    }

    private void Work()
    {
        LowPriority.Begin();
        while (_waiting.TryTake(out var work))
        {
            work();
        }
    }
}
