using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Sqlite.Writing;

namespace OfflineConversions.Server.Outbox.Sqlite.Erasing;

/// <summary>
/// Finds and removes everything of a person that was stored before the person was suppressed, in slices between which
/// others use the outbox: first the deduplication keys, then the events.
/// </summary>
internal sealed class ErasureSearch(ErasureChunkReader chunks, ErasureReader rows, Leases leases, WriteQueue queue)
{
    private const int RowsPerChange = 200;

    /// <summary>Whether any of the chunks is still leased.</summary>
    public bool AnyLeased(IReadOnlyCollection<long> ids) => ids.Any(leases.IsHeld);

    /// <summary>Searches everything and removes what it finds.</summary>
    /// <returns>What was removed, and the chunks that contain the person and are leased.</returns>
    public async Task<SearchOutcome> RunAsync(IReadOnlySet<PersonTrace> person, CancellationToken stopping)
    {
        // Read after the commit that suppresses the person: nothing that is stored later is the person's.
        var last = await rows.LastAsync(stopping);

        // Whose ids they are is unknown, and an id can contain anything.
        while (await ChangeAsync(transaction => transaction.Journal.RemoveTexts(last.Text), stopping)) { }

        var keys = new HashSet<UInt128>();
        var (free, inFlight, eventsInFlight) = (new List<long>(), new List<long>(), 0L);
        var after = 0L;
        while (after < last.Chunk)
        {
            var slice = await chunks.FindAsync(after, last.Chunk, person, stopping);
            after = slice.Last;
            free.AddRange(slice.Free);
            keys.UnionWith(slice.Keys);
            inFlight.AddRange(slice.InFlight);
            eventsInFlight += slice.EventsInFlight;
        }

        var failed = new List<long>();
        after = 0L;
        while (after < last.Failed)
        {
            var slice = await rows.FailedAsync(after, last.Failed, person, stopping);
            after = slice.Last;
            failed.AddRange(slice.Ids);
            keys.UnionWith(slice.Keys);
        }

        // Keys before events: after a crash in between, the events are found again and with them their keys.
        var erasedKeys = await EraseKeysAsync(keys, stopping);
        var pending = await ErasePendingAsync(free, person, stopping);
        var erasedFailed = await EraseFailedAsync(failed, stopping);
        return new SearchOutcome(
            new ErasedEvents(pending.Events, erasedFailed, erasedKeys, eventsInFlight + pending.EventsInFlight),
            [.. inFlight, .. pending.InFlight]
        );
    }

    /// <summary>
    /// All keys at once: the table is read from one end to the other, however few are searched for.
    /// </summary>
    private async Task<long> EraseKeysAsync(HashSet<UInt128> keys, CancellationToken stopping)
    {
        var erased = 0L;
        if (keys.Count > 0)
        {
            foreach (var some in (await rows.KeyRowsAsync(keys, stopping)).Chunk(RowsPerChange))
            {
                erased += await ChangeAsync(
                    transaction => some.Sum(row => (long)transaction.Keys.Erase(row, keys)),
                    stopping
                );
            }
        }

        return erased;
    }

    private async Task<ClaimedChunks> ErasePendingAsync(
        List<long> found,
        IReadOnlySet<PersonTrace> person,
        CancellationToken stopping
    )
    {
        var total = new ClaimedChunks([], []);
        while (total.Next < found.Count)
        {
            var slice = await chunks.ClaimAsync(found, total.Next, person, stopping);
            total.Next = slice.Next;
            total.Events += slice.Events;
            total.EventsInFlight += slice.EventsInFlight;
            total.InFlight.AddRange(slice.InFlight);

            // The leases are returned, and the writer leaves out what is the person's.
            await queue.SettleAsync([.. slice.Chunks.Select(ChunkSettlement.Released)], leases).WaitAsync(stopping);
        }

        return total;
    }

    private async Task<long> EraseFailedAsync(List<long> found, CancellationToken stopping)
    {
        var erased = 0L;
        foreach (var some in found.Chunk(RowsPerChange))
        {
            var selection = new FailedSelection { Ids = some };
            var slice = new FailedSlice(0, long.MaxValue, some.Length);
            var resolved = await ChangeAsync(
                transaction => FailedResolution.Erase(transaction, selection, slice),
                stopping
            );
            erased += resolved.Events;
        }

        return erased;
    }

    private Task<T> ChangeAsync<T>(Func<WriteTransaction, T> change, CancellationToken stopping) =>
        queue.ChangeAsync(change).WaitAsync(stopping);
}

/// <summary>The outcome of one search.</summary>
/// <param name="Erased">What was removed.</param>
/// <param name="InFlight">Chunks that contain the person and were leased.</param>
internal sealed record SearchOutcome(ErasedEvents Erased, IReadOnlyCollection<long> InFlight);
