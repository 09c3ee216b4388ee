namespace OfflineConversions.Server.Outbox.Postgres.Connecting;

/// <summary>Whether the database works, as far as this replica knows, and since when not.</summary>
internal sealed partial class Availability(ILogger logger)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _available = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _problem = "The outbox is not open yet.";

    /// <summary>What keeps the database from working; <see langword="null"/> if nothing does.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Notes an error. Defects of this program change nothing.</summary>
    /// <returns>Whether the database is the problem.</returns>
    public bool Report(Exception error)
    {
        if (DatabaseErrors.Describe(error) is not { } problem)
        {
            return false;
        }

        if (!DatabaseErrors.IsConflict(error))
        {
            Report(problem);
        }

        return true;
    }

    /// <summary>Notes a problem.</summary>
    public void Report(string problem)
    {
        lock (_gate)
        {
            if (_available.Task.IsCompleted)
            {
                _available = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (_problem == problem)
            {
                return;
            }

            Volatile.Write(ref _problem, problem);
        }

        Log.Stopped(logger, problem);
    }

    /// <summary>The database works.</summary>
    public void Recovered()
    {
        lock (_gate)
        {
            if (_problem is null)
            {
                return;
            }

            Volatile.Write(ref _problem, null);
            _available.TrySetResult();
        }

        Log.Available(logger);
    }

    /// <summary>Waits until the database works, for a limited time.</summary>
    public async Task WaitAsync(TimeSpan most, TimeProvider time, CancellationToken cancellationToken)
    {
        Task available;
        lock (_gate)
        {
            available = _problem is null ? Task.CompletedTask : _available.Task;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(available, Task.Delay(most, time, end.Token));
        await end.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 430,
            Level = LogLevel.Error,
            Message = "The outbox stopped accepting events. {Problem}"
        )]
        public static partial void Stopped(ILogger logger, string problem);

        [LoggerMessage(
            EventId = 431,
            Level = LogLevel.Information,
            Message = "The database of the outbox was available"
        )]
        public static partial void Available(ILogger logger);
    }
}
