using Microsoft.Data.Sqlite;
using OfflineConversions.Payload;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// Erases persons. First they are suppressed, in a commit of its own: from then on the writer lets nothing of theirs in again, neither as new
/// event nor out of a settlement or a replay. Then all that was there before is read through, in slices between which others have their turn, and what is
/// theirs leaves. A crash on the way begins the reading again at the next start, before anything is sent. Events in flight
/// wait for their outcome: delivered, or gone.
/// </summary>
internal sealed class Erasure(ChunkReader chunks, ErasureReader rows, Leases leases, GroupCommit writer, WriteQueue queue, DatabaseFile file, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _finishing = [];
    private Task _resumed = Task.CompletedTask;

    /// <summary>Waits until nothing of an unfinished erasure can be sent.</summary>
    public ValueTask ReadyAsync(CancellationToken cancellationToken) => _resumed.IsCompleted ? ValueTask.CompletedTask : new(_resumed.WaitAsync(cancellationToken));

    /// <summary>Goes on where a crash has interrupted.</summary>
    public void Resume()
    {
        if (writer.Suppressions.Unswept is { Count: > 0 } unswept)
        {
            Log.ErasureResumed(logger);
            _resumed = Task.Run(() => FinishAsync(unswept, []));
        }
    }

    /// <summary>Erases one person.</summary>
    public async Task<ErasedEvents> RunAsync(IReadOnlySet<PersonTrace> person, DateTimeOffset until)
    {
        await _turn.WaitAsync(_stopping.Token);
        try
        {
            await ChangeAsync(transaction =>
            {
                transaction.Suppressions.Add(person, until);
                return true;
            });
            var (erased, inFlight) = await SweepAsync(person);
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

    /// <summary>Waits for what was in flight, and reads everything through once more.</summary>
    private async Task FinishAsync(IReadOnlySet<PersonTrace> person, IReadOnlyCollection<long> inFlight)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (!inFlight.Any(leases.IsHeld))
                {
                    (_, inFlight) = await SweepAsync(person);
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
#pragma warning disable CA1031 // Whatever it is, giving up would leave behind what was to be erased.
            catch (Exception error)
#pragma warning restore CA1031
            {
                NoteDamage(error);
                Log.ErasureInterrupted(logger, error);
            }

            await Task.Delay(Again, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EndAsync(IReadOnlySet<PersonTrace> person)
    {
        await ScrubAsync();
        await ChangeAsync(transaction =>
        {
            transaction.Suppressions.Swept(person);
            return true;
        });
    }

    private async Task<(ErasedEvents Erased, IReadOnlyCollection<long> InFlight)> SweepAsync(IReadOnlySet<PersonTrace> person)
    {
        // Read after the commit that suppresses: what comes later is nobody's who is erased.
        var (lastChunk, lastFailed) = await rows.LastAsync(_stopping.Token);
        var (pending, keys, inFlightEvents) = (0L, 0L, 0L);
        var inFlight = new List<long>();
        for (var after = 0L; after < lastChunk;)
        {
            var slice = await chunks.ClaimAsync(after, lastChunk, person, _stopping.Token);
            try
            {
                keys += await EraseKeysAsync(slice.Found);
            }
            finally
            {
                // Given back, and on the way the writer leaves out what is theirs.
                await queue.SettleAsync([.. slice.Claimed.Select(ChunkSettlement.Released)], leases).WaitAsync(_stopping.Token);
            }

            (after, pending, inFlightEvents) = (slice.Last, pending + slice.Found.Count, inFlightEvents + slice.EventsInFlight);
            inFlight.AddRange(slice.InFlight);
        }

        var failed = 0L;
        for (var after = 0L; after < lastFailed;)
        {
            var slice = await rows.FailedAsync(after, lastFailed, person, _stopping.Token);
            if (slice.Ids.Count > 0)
            {
                keys += await EraseKeysAsync(slice.Found);
                var selection = new FailedSelection { Ids = slice.Ids };
                var (_, discarded) = await ChangeAsync(transaction => transaction.Resolve(selection, Resolution.Discard, 0, long.MaxValue, slice.Ids.Count));
                failed += discarded;
            }

            after = slice.Last;
        }

        return (new ErasedEvents(pending, failed, keys, inFlightEvents), inFlight);
    }

    /// <summary>Before the events they are the keys of: a crash in between finds the events again, and their keys no more.</summary>
    private async Task<long> EraseKeysAsync(IReadOnlyCollection<FoundEvent> events)
    {
        var keys = events.Select(found => found.Key).OfType<UInt128>().ToHashSet();
        if (keys.Count == 0)
        {
            return 0;
        }

        var erased = 0L;
        foreach (var row in await rows.KeyRowsAsync(keys, _stopping.Token))
        {
            erased += await ChangeAsync(transaction => transaction.EraseKeys(row, keys));
        }

        return erased;
    }

    /// <summary>A restart mends the file and goes on.</summary>
    private void NoteDamage(Exception error)
    {
        if (DiskTrouble.IsDamage(error))
        {
            file.NoteDamage();
        }
    }

    // A disk in trouble may keep what is asked of the writer waiting for ever: closing does not wait for it, the next start goes on.
    private Task<T> ChangeAsync<T>(Func<WriteTransaction, T> change) => queue.ChangeAsync(change).WaitAsync(_stopping.Token);

    private Task ScrubAsync() => writer.ScrubAsync().WaitAsync(_stopping.Token);
}
