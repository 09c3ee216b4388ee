using Microsoft.Data.Sqlite;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Sqlite.Writing;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

namespace OfflineConversions.Server.Outbox.Sqlite.Erasing;

/// <summary>
/// Erases persons. First they are suppressed, in a commit before everything else: from then on the writer stores
/// nothing of theirs, neither as a new event nor from a settlement or a replay. Then <see cref="ErasureSearch"/>
/// removes what was stored before, and the files are scrubbed. Events in flight wait for their outcome: delivered, or
/// removed. After a crash, the search starts again before anything is sent.
/// </summary>
internal sealed partial class Erasure(
    ErasureSearch search,
    GroupCommit writer,
    WriteQueue queue,
    DatabaseFile file,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _finishing = [];
    private Task _resumed = Task.CompletedTask;

    /// <summary>Waits until nothing of an unfinished erasure can be sent.</summary>
    public ValueTask ReadyAsync(CancellationToken cancellationToken) =>
        _resumed.IsCompleted ? ValueTask.CompletedTask : new(_resumed.WaitAsync(cancellationToken));

    /// <summary>Continues what a crash has interrupted.</summary>
    public void Resume()
    {
        if (writer.Suppressions.Unswept is { Count: > 0 } unswept)
        {
            Log.Resumed(logger);
            _resumed = Task.Run(() => FinishAsync(unswept, []));
        }
    }

    /// <summary>Erases one person.</summary>
    public async Task<ErasedEvents> RunAsync(IReadOnlySet<PersonTrace> person, DateTimeOffset until)
    {
        await _turn.WaitAsync(_stopping.Token);
        try
        {
            await ChangeAsync(transaction => transaction.Suppressions.Add(person, until));
            var (erased, inFlight) = await search.RunAsync(person, _stopping.Token);
            _finishing.RemoveAll(task => task.IsCompleted);
            if (inFlight.Count > 0)
            {
                await ScrubAsync();
                _finishing.Add(Task.Run(() => FinishAsync(person, inFlight)));
            }
            else
            {
                await EndAsync(person);
            }

            return erased;
        }
        catch (SqliteException error)
        {
            NoteDamage(error);
            throw;
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
        await Task.WhenAll([_resumed, .. _finishing]);
    }

    /// <summary>Waits for what was in flight, and searches once more.</summary>
    private async Task FinishAsync(IReadOnlySet<PersonTrace> person, IReadOnlyCollection<long> inFlight)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (!search.AnyLeased(inFlight))
                {
                    (_, inFlight) = await search.RunAsync(person, _stopping.Token);
                    if (inFlight.Count == 0)
                    {
                        await EndAsync(person);
                        return;
                    }
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Giving up, for whatever reason, would leave behind what was to be erased.
            catch (Exception error)
#pragma warning restore CA1031
            {
                NoteDamage(error);
                Log.Interrupted(logger, error);
            }

            await Task.WhenAny(Task.Delay(RetryInterval, time, _stopping.Token));
        }
    }

    private async Task EndAsync(IReadOnlySet<PersonTrace> person)
    {
        await ScrubAsync();
        await ChangeAsync(transaction => transaction.Suppressions.Swept(person));
    }

    /// <summary>The next start recovers the file and continues.</summary>
    private void NoteDamage(Exception error)
    {
        if (DiskErrors.IsDamage(error))
        {
            file.NoteDamage();
        }
    }

    // A failing disk may delay a change without end. Closing does not wait for it: the next start continues.
    private Task ChangeAsync(Action<WriteTransaction> change) => queue.ChangeAsync(change).WaitAsync(_stopping.Token);

    private Task ScrubAsync() => writer.ScrubAsync().WaitAsync(_stopping.Token);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 408,
            Level = LogLevel.Information,
            Message = "Continued an erasure that was not finished; nothing is sent before it is"
        )]
        public static partial void Resumed(ILogger logger);

        [LoggerMessage(
            EventId = 409,
            Level = LogLevel.Error,
            Message = "An erasure was interrupted and is tried again"
        )]
        public static partial void Interrupted(ILogger logger, Exception error);
    }
}
