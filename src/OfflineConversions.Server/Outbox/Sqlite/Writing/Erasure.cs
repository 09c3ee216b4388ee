using Microsoft.Data.Sqlite;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Sqlite.Reading;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Erases persons. First they are suppressed, in a commit of its own: from then on the writer lets nothing of theirs in
/// again, neither as new event nor out of a settlement or a replay. Then all that was there before is read through, in
/// slices between which others have their turn, and what is theirs leaves: first its deduplication keys, then the
/// events. A crash on the way begins the reading again at the next start, before anything is sent. Events in flight
/// wait for their outcome: delivered, or gone.
/// </summary>
internal sealed class Erasure(
    ChunkReader chunks,
    ErasureReader rows,
    Leases leases,
    GroupCommit writer,
    WriteQueue queue,
    DatabaseFile file,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    private const int RowsPerChange = 200;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _finishing = [];
    private Task _resumed = Task.CompletedTask;

    /// <summary>Waits until nothing of an unfinished erasure can be sent.</summary>
    public ValueTask ReadyAsync(CancellationToken cancellationToken) =>
        _resumed.IsCompleted ? ValueTask.CompletedTask : new(_resumed.WaitAsync(cancellationToken));

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

            await Task.WhenAny(Task.Delay(Again, time, _stopping.Token));
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

    private async Task<(ErasedEvents Erased, IReadOnlyCollection<long> InFlight)> SweepAsync(
        IReadOnlySet<PersonTrace> person
    )
    {
        // Read after the commit that suppresses: what comes later is nobody's who is erased.
        var (lastChunk, lastFailed) = await rows.LastAsync(_stopping.Token);
        var keys = new HashSet<UInt128>();
        var (free, inFlight, eventsInFlight) = (new List<long>(), new List<long>(), 0L);
        var after = 0L;
        while (after < lastChunk)
        {
            var slice = await chunks.FindAsync(after, lastChunk, person, _stopping.Token);
            after = slice.Last;
            free.AddRange(slice.Free);
            keys.UnionWith(slice.Keys);
            inFlight.AddRange(slice.InFlight);
            eventsInFlight += slice.EventsInFlight;
        }

        var failed = new List<long>();
        after = 0L;
        while (after < lastFailed)
        {
            var slice = await rows.FailedAsync(after, lastFailed, person, _stopping.Token);
            after = slice.Last;
            failed.AddRange(slice.Ids);
            keys.UnionWith(slice.Keys);
        }

        // The keys before their events: after a crash in between the events are found again, and their keys no more.
        var erasedKeys = await EraseKeysAsync(keys);
        var (pending, takenMeanwhile, eventsTaken) = await ErasePendingAsync(free, person);
        return (
            new ErasedEvents(pending, await EraseFailedAsync(failed), erasedKeys, eventsInFlight + eventsTaken),
            [.. inFlight, .. takenMeanwhile]
        );
    }

    /// <summary>
    /// All of them at once: a table of keys is read from one end to the other, however few are looked for.
    /// </summary>
    private async Task<long> EraseKeysAsync(HashSet<UInt128> keys)
    {
        var erased = 0L;
        if (keys.Count > 0)
        {
            foreach (var some in (await rows.KeyRowsAsync(keys, _stopping.Token)).Chunk(RowsPerChange))
            {
                erased += await ChangeAsync(transaction => some.Sum(row => (long)transaction.EraseKeys(row, keys)));
            }
        }

        return erased;
    }

    private async Task<(long Pending, IReadOnlyCollection<long> TakenMeanwhile, long EventsTaken)> ErasePendingAsync(
        List<long> found,
        IReadOnlySet<PersonTrace> person
    )
    {
        var (pending, taken, eventsTaken) = (0L, new List<long>(), 0L);
        var next = 0;
        while (next < found.Count)
        {
            var slice = await chunks.ClaimAsync(found, next, person, _stopping.Token);
            (next, pending, eventsTaken) = (slice.Next, pending + slice.Events, eventsTaken + slice.EventsInFlight);
            taken.AddRange(slice.InFlight);

            // Given back, and on the way the writer leaves out what is theirs.
            await queue
                .SettleAsync([.. slice.Claimed.Select(ChunkSettlement.Released)], leases)
                .WaitAsync(_stopping.Token);
        }

        return (pending, taken, eventsTaken);
    }

    private async Task<long> EraseFailedAsync(List<long> found)
    {
        var erased = 0L;
        foreach (var some in found.Chunk(RowsPerChange))
        {
            var selection = new FailedSelection { Ids = some };
            erased += (
                await ChangeAsync(transaction =>
                    transaction.Resolve(selection, Resolution.Discard, 0, long.MaxValue, some.Length)
                )
            ).Events;
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

    // A disk in trouble may keep what is asked of the writer waiting for ever: closing does not wait for it, the next
    // start goes on.
    private Task<T> ChangeAsync<T>(Func<WriteTransaction, T> change) =>
        queue.ChangeAsync(change).WaitAsync(_stopping.Token);

    private Task ScrubAsync() => writer.ScrubAsync().WaitAsync(_stopping.Token);
}
