using System.Diagnostics.CodeAnalysis;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// The leased events of one round that are in no request yet. A request ends where its limits are reached, not where a
/// chunk ends, so requests of a backlog are full whatever the sizes of its chunks; what is left of a chunk begins the
/// next request.
/// </summary>
/// <param name="queue">Where chunks are leased.</param>
/// <param name="roundBegan">When the round began.</param>
internal sealed class ReadyEvents(ConnectionQueue queue, DateTimeOffset roundBegan)
{
    private readonly Queue<Batch> _complete = [];
    private readonly List<ChunkPart> _parts = [];

    /// <summary>Whether another lease in this round may find more.</summary>
    public bool MayHaveMore { get; private set; } = true;

    public bool IsEmpty => _complete.Count == 0 && _parts.Count == 0;

    /// <summary>The chunks that the events belong to.</summary>
    public IEnumerable<LeasedChunk> Chunks =>
        _complete.SelectMany(batch => batch.Chunks).Concat(_parts.Select(part => part.Chunk));

    /// <summary>Leases until so many requests are full, or nothing more is due.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="isProbe">Leases one chunk at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task FillAsync(int requests, bool isProbe, CancellationToken cancellationToken)
    {
        Cut();
        while (_complete.Count < requests && MayHaveMore && (IsEmpty || !isProbe))
        {
            var leased = await queue.LeaseAsync(roundBegan, isProbe, cancellationToken);
            _parts.AddRange(leased.Chunks.Select(ChunkPart.Whole));
            MayHaveMore = leased.MayHaveMore;
            Cut();
        }
    }

    /// <summary>Takes the events of the next request.</summary>
    public bool TryTake([NotNullWhen(true)] out Batch? batch)
    {
        batch = null;
        if (IsEmpty)
        {
            return false;
        }

        batch = _complete.TryDequeue(out var complete) ? complete : Take(Next().Events);
        return true;
    }

    private void Cut()
    {
        while (Next() is { IsComplete: true } next)
        {
            _complete.Enqueue(Take(next.Events));
        }
    }

    private Batch Take(int missing)
    {
        var taken = new List<ChunkPart>();
        while (missing > 0)
        {
            var part = _parts[taken.Count];
            taken.Add(part with { Count = Math.Min(missing, part.Count) });
            missing -= taken[^1].Count;
        }

        var last = _parts[taken.Count - 1];
        var left = last.Count - taken[^1].Count;
        _parts.RemoveRange(0, taken.Count);
        if (left > 0)
        {
            _parts.Insert(0, last with { Start = last.Start + taken[^1].Count, Count = left });
        }

        return new Batch(taken);
    }

    /// <summary>Gives the events back to the outbox, as if they had not been leased.</summary>
    /// <param name="abandon">Ends the waiting for a failing disk.</param>
    public async Task ReturnAsync(CancellationToken abandon)
    {
        while (TryTake(out var batch))
        {
            MayHaveMore = true;
            batch.Return();
            await queue.SettleAsync(batch, abandon);
        }
    }

    /// <summary>How many events the next request has, and whether another lease would not add to it.</summary>
    private NextRequest Next()
    {
        var (events, bytes) = (0, 0L);
        foreach (var part in _parts)
        {
            if (part.Destination != _parts[0].Destination)
            {
                return new NextRequest(events, IsComplete: true);
            }

            for (var i = 0; i < part.Count; i++)
            {
                var size = part[i].Payload.Length;
                if (events > 0 && !queue.Limits.Admit(events, bytes + size))
                {
                    return new NextRequest(events, IsComplete: true);
                }

                events++;
                bytes += size + 1;
            }
        }

        return new NextRequest(events, IsComplete: events >= queue.Limits.MaxEvents);
    }

    private readonly record struct NextRequest(int Events, bool IsComplete);
}
