using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres.Erasing;

/// <summary>
/// Erases persons. First they are suppressed, in a change that every writer of every replica sees: from then on nothing
/// of theirs is stored, neither as a new event nor from a settlement or a replay. Then <see cref="ErasureSearch"/>
/// removes what was stored before. Events in flight wait for their outcome: delivered, or removed. What a crash
/// interrupts, any replica finishes.
/// </summary>
internal sealed partial class Erasure(ErasureSearch search, WriterParts parts, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private Task _finishing = Task.CompletedTask;
    private Task _resumed = Task.CompletedTask;

    /// <summary>Waits until nothing of an erasure that this start continues can be sent.</summary>
    public ValueTask ReadyAsync(CancellationToken cancellationToken) =>
        _resumed.IsCompleted ? ValueTask.CompletedTask : new(_resumed.WaitAsync(cancellationToken));

    /// <summary>Continues what another process has not finished.</summary>
    /// <param name="isStart">
    /// Whether nothing is leased before the first search. Later that is not necessary: a lease leaves out what may be
    /// the person's.
    /// </param>
    public void Resume(bool isStart)
    {
        if (parts.Cache.Rows.Suppressions.Unswept is { Count: > 0 } unswept && _finishing.IsCompleted)
        {
            Log.Resumed(logger);
            var searched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _resumed = isStart ? searched.Task : _resumed;
            _finishing = Task.Run(() => FinishAsync(unswept, [], searched));
        }
    }

    /// <summary>Erases one person.</summary>
    public async Task<ErasedEvents> RunAsync(IReadOnlySet<PersonTrace> person, DateTimeOffset until)
    {
        await _turn.WaitAsync(_stopping.Token);
        try
        {
            await Edition.SuppressAsync(parts.Database, person, until, _stopping.Token);
            var (erased, inFlight) = await search.RunAsync(person, _stopping.Token);
            if (inFlight.Count > 0)
            {
                var before = _finishing;
                _finishing = Task.Run(async () =>
                {
                    await before;
                    await FinishAsync(person, inFlight, searched: null);
                });
            }
            else
            {
                await Edition.SweptAsync(parts.Database, person, _stopping.Token);
            }

            return erased;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _turn.WaitAsync();
        await _finishing;
    }

    /// <summary>Waits for what was in flight, and searches once more.</summary>
    private async Task FinishAsync(
        IReadOnlySet<PersonTrace> person,
        IReadOnlyCollection<long> inFlight,
        TaskCompletionSource? searched
    )
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (!await search.AnyLeasedAsync(inFlight, _stopping.Token))
                {
                    (_, inFlight) = await search.RunAsync(person, _stopping.Token);
                    searched?.TrySetResult();
                    if (inFlight.Count == 0)
                    {
                        await Edition.SweptAsync(parts.Database, person, _stopping.Token);
                        return;
                    }
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Giving up, for whatever reason, would leave behind what was to be erased.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Log.Interrupted(logger, error);
            }

            await Task.WhenAny(Task.Delay(RetryInterval, time, _stopping.Token));
        }

        searched?.TrySetCanceled();
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 436,
            Level = LogLevel.Information,
            Message = "Continued an erasure that another process had not finished"
        )]
        public static partial void Resumed(ILogger logger);

        [LoggerMessage(
            EventId = 437,
            Level = LogLevel.Error,
            Message = "An erasure was interrupted and is tried again"
        )]
        public static partial void Interrupted(ILogger logger, Exception error);
    }
}
