namespace OfflineConversions.Fuzzing.PowerCut;

/// <summary>Where one event was, and while what was written it moved.</summary>
internal sealed class EventHistory
{
    private readonly List<Move> _moves = [];

    /// <summary>
    /// A move was asked for after <paramref name="start"/> writes, and reported as done after <paramref name="end"/>.
    /// </summary>
    public void Add(int start, int end, EventPlace to) => _moves.Add(new Move(start, end, to));

    /// <summary>Where the event may be when the power fails after this many writes.</summary>
    public IEnumerable<EventPlace> PlacesAt(int writes)
    {
        yield return _moves.LastOrDefault(move => move.End <= writes)?.To ?? EventPlace.Nowhere;
        foreach (var move in _moves.Where(move => move.Start < writes && writes < move.End))
        {
            yield return move.To;
        }
    }

    private sealed record Move(int Start, int End, EventPlace To);
}

internal enum EventPlace
{
    /// <summary>It has not been stored yet.</summary>
    Nowhere,

    /// <summary>It waits for delivery.</summary>
    Waiting,

    /// <summary>It is on the failed list.</summary>
    Failed,

    /// <summary>It was delivered or discarded.</summary>
    Gone,
}
