using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Leased chunks of one destination, treated as one sequence of events, with the outcome of each event. An outcome is
/// final. Used by one shipment at a time; only <see cref="Unsettled"/> and <see cref="IsSettled"/> may be called
/// concurrently.
/// </summary>
internal sealed class Batch
{
    private readonly Lock _settling = new();
    private readonly IReadOnlyList<Chunk> _chunks;
    private readonly ReadOnlyMemory<byte>[] _payloads;
    private readonly DateTimeOffset[] _expiries;
    private readonly Outcome?[] _outcomes;
    private readonly HashSet<long> _settled = [];

    public Batch(IReadOnlyList<Chunk> chunks)
    {
        _chunks = chunks;
        _payloads = [.. chunks.SelectMany(chunk => chunk.Events, (_, stored) => stored.Payload)];
        _expiries = [.. chunks.SelectMany(chunk => chunk.Events, (_, stored) => stored.ExpiresAt)];
        _outcomes = new Outcome?[_payloads.Length];
        Attempts = chunks.Max(chunk => chunk.Attempts);
    }

    public Destination Destination => _chunks[0].Destination;

    /// <summary>How many attempts were made before for the chunk with the most.</summary>
    public int Attempts { get; }

    /// <summary>All events.</summary>
    public EventRange Whole => new(0, _payloads.Length);

    /// <summary>The chunks that are neither settled nor being settled.</summary>
    public IReadOnlyList<Chunk> Unsettled
    {
        get
        {
            lock (_settling)
            {
                return [.. _chunks.Where(chunk => !_settled.Contains(chunk.Id))];
            }
        }
    }

    public bool IsSettled(Chunk chunk)
    {
        lock (_settling)
        {
            return _settled.Contains(chunk.Id);
        }
    }

    public ArraySegment<ReadOnlyMemory<byte>> Payloads(EventRange range) => new(_payloads, range.Start, range.Count);

    public ReadOnlyMemory<byte> Payload(int index) => _payloads[index];

    /// <summary>Whether the event has no outcome yet.</summary>
    public bool IsOpen(int index) => _outcomes[index] is null;

    /// <summary>Meta has accepted the events.</summary>
    public void Deliver(EventRange range) => Decide(range, new Outcome.Delivered());

    /// <summary>The events stay in the outbox.</summary>
    /// <param name="range">Which events; those that have an outcome are left out.</param>
    /// <param name="due">When they may be sent again.</param>
    /// <param name="tried">Whether an attempt was made to send them.</param>
    public void Keep(EventRange range, DateTimeOffset due, bool tried) => Decide(range, new Outcome.Kept(due, tried));

    /// <summary>One event moves to the failed list.</summary>
    /// <param name="index">Its index in the batch.</param>
    /// <param name="reason">One of <see cref="DeliveryReason"/>.</param>
    /// <param name="response">The response to it; null if no attempt was made.</param>
    public void Bury(int index, string reason, GraphResponse? response = null) =>
        Decide(
            new EventRange(index, 1),
            new Outcome.Buried(
                reason,
                response?.Error ?? response?.Cause?.Error,
                response?.TraceId ?? response?.Cause?.TraceId,
                response is { Transport: not Transport.CircuitOpen }
            )
        );

    /// <summary>
    /// Moves events to the failed list that expire before they may be sent again. Meta would refuse them, and the whole
    /// request with them.
    /// </summary>
    public void BuryExpired(EventRange range, DateTimeOffset due, GraphResponse? response = null)
    {
        for (var i = range.Start; i < range.End; i++)
        {
            if (_expiries[i] <= due)
            {
                Bury(i, DeliveryReason.WindowExpired, response);
            }
        }
    }

    /// <summary>
    /// The settlements of chunks whose events all have an outcome since the last call. Settling them at once means that
    /// a crash during a long bisection does not send again what Meta has accepted.
    /// </summary>
    public IReadOnlyList<ChunkSettlement> TakeSettlements()
    {
        var settlements = new List<ChunkSettlement>();
        var start = 0;
        foreach (var chunk in _chunks)
        {
            var outcomes = _outcomes.AsSpan(start, chunk.Events.Count);
            start += chunk.Events.Count;
            if (!outcomes.Contains(null) && MarkSettled(chunk))
            {
                settlements.Add(Settle(chunk, outcomes));
            }
        }

        return settlements;
    }

    private bool MarkSettled(Chunk chunk)
    {
        lock (_settling)
        {
            return _settled.Add(chunk.Id);
        }
    }

    private static ChunkSettlement Settle(Chunk chunk, ReadOnlySpan<Outcome?> outcomes)
    {
        var (keep, buried, due, tried) = (new List<int>(), new List<Burial>(), default(DateTimeOffset), false);
        for (var i = 0; i < outcomes.Length; i++)
        {
            tried |= outcomes[i] is not (Outcome.Kept { Tried: false } or Outcome.Buried { Tried: false });
            if (outcomes[i] is Outcome.Buried it)
            {
                buried.Add(it.At(i));
            }
            else if (outcomes[i] is Outcome.Kept kept)
            {
                keep.Add(i);
                due = kept.Due > due ? kept.Due : due;
            }
        }

        return new ChunkSettlement(chunk, keep, due, buried, CountAttempt: tried);
    }

    private void Decide(EventRange range, Outcome outcome)
    {
        for (var i = range.Start; i < range.End; i++)
        {
            _outcomes[i] ??= outcome;
        }
    }

    private abstract record Outcome
    {
        public sealed record Delivered : Outcome;

        public sealed record Kept(DateTimeOffset Due, bool Tried) : Outcome;

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
}
