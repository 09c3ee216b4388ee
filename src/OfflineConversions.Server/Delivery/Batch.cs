using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>Leased chunks of one destination laid end to end, and the ledger of what became of each event.</summary>
internal sealed class Batch
{
    private readonly IReadOnlyList<Chunk> _chunks;
    private readonly ReadOnlyMemory<byte>[] _events;
    private readonly Fate?[] _fates;
    private readonly bool[] _settled;

    public Batch(IReadOnlyList<Chunk> chunks)
    {
        _chunks = chunks;
        _events = [.. chunks.SelectMany(chunk => chunk.Events.Select(stored => stored.Payload))];
        _fates = new Fate?[_events.Length];
        _settled = new bool[chunks.Count];
        Attempts = chunks.Max(chunk => chunk.Attempts);
        ExpiresAt = chunks.Min(ExpiresAtOf);
    }

    /// <summary>Where it goes.</summary>
    public Destination Destination => _chunks[0].Destination;

    /// <summary>How often the most tried of its chunks was tried before.</summary>
    public int Attempts { get; }

    /// <summary>When Meta's window closes for the first of its events.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>All of it.</summary>
    public Part Whole => new(0, _events.Length);

    /// <summary>The payloads of a part.</summary>
    public ArraySegment<ReadOnlyMemory<byte>> this[Part part] => new(_events, part.Start, part.Count);

    /// <summary>Whether every event of the part still waits for its verdict.</summary>
    public bool IsOpen(Part part)
    {
        foreach (var fate in _fates.AsSpan(part.Start, part.Count))
        {
            if (fate is not null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>When the window closes for the first event of the chunk that holds this one.</summary>
    public DateTimeOffset ExpiresAtAround(int index)
    {
        var chunk = 0;
        while (index >= _chunks[chunk].Events.Count)
        {
            index -= _chunks[chunk++].Events.Count;
        }

        return ExpiresAtOf(_chunks[chunk]);
    }

    /// <summary>Meta has the part.</summary>
    public void Deliver(Part part) => Decide(part, new Fate.Gone());

    /// <summary>The events of the part that have no fate yet stay.</summary>
    /// <param name="part">Which.</param>
    /// <param name="due">Until when.</param>
    /// <param name="tried">Whether Meta was asked.</param>
    public void Keep(Part part, DateTimeOffset due, bool tried) => Decide(part, new Fate.Kept(due, tried));

    /// <summary>One event goes to the failed list.</summary>
    /// <param name="index">Its place in the batch.</param>
    /// <param name="reason">Why.</param>
    /// <param name="answer">What Meta said to it; <see langword="null"/> where it was not asked.</param>
    public void Bury(int index, string reason, GraphResponse? answer = null) =>
        Decide(
            new Part(index, 1),
            new Fate.Dead(
                reason,
                answer?.Error?.Code,
                answer?.Error?.Subcode,
                answer?.Error is { } error ? MetaErrorTitles.Find(error.Code, error.Subcode) : null,
                answer?.TraceId,
                answer is { Transport: not Transport.CircuitOpen }
            )
        );

    /// <summary>
    /// The chunks whose every event has met its fate since the last call. They are settled at once, so that a crash in
    /// the middle of a long split does not send again what Meta has.
    /// </summary>
    public IReadOnlyList<ChunkSettlement> TakeDecided()
    {
        var decided = new List<ChunkSettlement>();
        var start = 0;
        for (var i = 0; i < _chunks.Count; start += _chunks[i].Events.Count, i++)
        {
            if (_settled[i] || Array.Exists(_fates[start..(start + _chunks[i].Events.Count)], fate => fate is null))
            {
                continue;
            }

            _settled[i] = true;
            decided.Add(Settle(_chunks[i], _fates.AsSpan(start, _chunks[i].Events.Count)));
        }

        return decided;
    }

    private static DateTimeOffset ExpiresAtOf(Chunk chunk) => chunk.Events.Min(stored => stored.ExpiresAt);

    private static ChunkSettlement Settle(Chunk chunk, ReadOnlySpan<Fate?> fates)
    {
        var (keep, buried, due, tried) = (new List<int>(), new List<Burial>(), default(DateTimeOffset), false);
        for (var i = 0; i < fates.Length; i++)
        {
            tried |= fates[i] is not (Fate.Kept { Tried: false } or Fate.Dead { Tried: false });
            if (fates[i] is Fate.Dead dead)
            {
                buried.Add(new Burial(i, dead.Reason, dead.Code, dead.Subcode, dead.Title, dead.TraceId));
            }

            if (fates[i] is not Fate.Kept kept)
            {
                continue;
            }

            keep.Add(i);
            due = kept.Due > due ? kept.Due : due;
        }

        return new ChunkSettlement(chunk, keep, due, buried, CountAttempt: tried);
    }

    private void Decide(Part part, Fate fate)
    {
        for (var i = part.Start; i < part.End; i++)
        {
            _fates[i] ??= fate;
        }
    }

    private abstract record Fate
    {
        public sealed record Gone : Fate;

        public sealed record Kept(DateTimeOffset Due, bool Tried) : Fate;

        public sealed record Dead(string Reason, int? Code, int? Subcode, string? Title, string? TraceId, bool Tried)
            : Fate;
    }
}
