using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// A leased chunk, whose events may be in several requests at a time. It is settled once, when the last of its events
/// has an outcome. Safe for concurrent use.
/// </summary>
internal sealed class LeasedChunk(Chunk chunk)
{
    private readonly Lock _gate = new();
    private readonly Outcome?[] _outcomes = new Outcome?[chunk.Events.Count];
    private int _open = chunk.Events.Count;
    private volatile bool _isSettled;

    public Chunk Chunk => chunk;

    /// <summary>Whether it is settled or being settled.</summary>
    public bool IsSettled => _isSettled;

    /// <summary>Notes the outcomes of some events, which have none yet.</summary>
    /// <param name="start">The index of the first of them in the chunk.</param>
    /// <param name="outcomes">The outcomes.</param>
    /// <returns>How to settle the chunk, if these were its last ones.</returns>
    public ChunkSettlement? Decide(int start, ReadOnlySpan<Outcome?> outcomes)
    {
        lock (_gate)
        {
            outcomes.CopyTo(_outcomes.AsSpan(start));
            _open -= outcomes.Length;
            _isSettled = _open == 0;
            return _isSettled ? Settle() : null;
        }
    }

    private ChunkSettlement Settle()
    {
        var (keep, buried, due, tried) = (new List<int>(), new List<Burial>(), default(DateTimeOffset), false);
        var accepted = new List<AcceptedRun>();
        MetaAnswer? last = null;
        for (var i = 0; i < _outcomes.Length; i++)
        {
            tried |= _outcomes[i] is not (Outcome.Kept { Tried: false } or Outcome.Buried { Tried: false });
            if (_outcomes[i] is Outcome.Buried it)
            {
                buried.Add(it.At(i));
            }
            else if (_outcomes[i] is Outcome.Kept kept)
            {
                keep.Add(i);
                due = kept.Due > due ? kept.Due : due;
                last = kept.Answer ?? last;
            }
            else if (_outcomes[i] is Outcome.Delivered { Answer: { } answer })
            {
                Note(answer, i, accepted);
            }
        }

        return new ChunkSettlement(chunk, keep, due, buried, CountAttempt: tried)
        {
            Accepted = accepted,
            LastAnswer = last,
        };
    }

    /// <summary>Events of one request have the same answer; those between them were not accepted.</summary>
    private static void Note(MetaAnswer answer, int index, List<AcceptedRun> accepted)
    {
        if (accepted is [.., var run] && ReferenceEquals(run.Answer, answer))
        {
            accepted[^1] = run with { Count = index - run.Start + 1 };
        }
        else
        {
            accepted.Add(new AcceptedRun(index, 1, answer));
        }
    }
}

/// <summary>A range of a chunk's events that belongs to one batch.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Start">The index of the first event.</param>
/// <param name="Count">The number of events.</param>
internal readonly record struct ChunkPart(LeasedChunk Chunk, int Start, int Count)
{
    public Destination Destination => Chunk.Chunk.Destination;

    /// <summary>The whole chunk.</summary>
    public static ChunkPart Whole(Chunk chunk) => new(new LeasedChunk(chunk), 0, chunk.Events.Count);

    public StoredEvent this[int index] => Chunk.Chunk.Events[Start + index];
}

/// <summary>What became of one event of a batch.</summary>
internal abstract record Outcome
{
    public sealed record Delivered(MetaAnswer? Answer) : Outcome;

    public sealed record Kept(DateTimeOffset Due, bool Tried) : Outcome
    {
        public MetaAnswer? Answer { get; init; }
    }

    public sealed record Buried(string Reason, GraphError? Error, string? TraceId, bool Tried) : Outcome
    {
        public Burial At(int index) =>
            new(
                index,
                Reason,
                Error?.Code,
                Error?.Subcode,
                Error is { } error ? MetaErrorTitles.Find(error.Code, error.Subcode) : null,
                TraceId,
                Error?.Field
            );
    }
}
