using System.Diagnostics;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// The events of one request: parts of leased chunks of one destination, treated as one sequence, with the outcome of
/// each event. An outcome is final. Used by one shipment at a time.
/// </summary>
internal sealed class Batch
{
    private readonly IReadOnlyList<ChunkPart> _parts;
    private readonly ReadOnlyMemory<byte>[] _payloads;
    private readonly DateTimeOffset[] _expiries;
    private readonly Outcome?[] _outcomes;
    private readonly bool[] _reported;

    public Batch(IReadOnlyList<ChunkPart> parts)
    {
        _parts = parts;
        _reported = new bool[parts.Count];
        _payloads = new ReadOnlyMemory<byte>[parts.Sum(part => part.Count)];
        _expiries = new DateTimeOffset[_payloads.Length];
        _outcomes = new Outcome?[_payloads.Length];
        Attempts = parts.Max(part => part.Chunk.Chunk.Attempts);
        var at = 0;
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Count; i++, at++)
            {
                (_payloads[at], _expiries[at]) = (part[i].Payload, part[i].ExpiresAt);
            }
        }
    }

    public Destination Destination => _parts[0].Destination;

    /// <summary>The chunks that its events belong to.</summary>
    public IEnumerable<LeasedChunk> Chunks => _parts.Select(part => part.Chunk);

    /// <summary>How many attempts were made before for the chunk with the most.</summary>
    public int Attempts { get; }

    /// <summary>All events.</summary>
    public EventRange Whole => new(0, _payloads.Length);

    /// <summary>The recorded spans that stored its events, each once.</summary>
    public IReadOnlyList<ActivityContext> Traces =>
        [
            .. _parts
                .SelectMany(part => Enumerable.Range(0, part.Count).Select(index => part[index].Trace))
                .OfType<TraceLink>()
                .Distinct()
                .Select(link => link.Context),
        ];

    /// <summary>How many events were delivered, are kept, and moved to the failed list so far.</summary>
    public BatchCounts Count() =>
        new(
            _outcomes.Count(outcome => outcome is Outcome.Delivered),
            _outcomes.Count(outcome => outcome is Outcome.Kept),
            _outcomes.Count(outcome => outcome is Outcome.Buried)
        );

    public ArraySegment<ReadOnlyMemory<byte>> Payloads(EventRange range) => new(_payloads, range.Start, range.Count);

    public ReadOnlyMemory<byte> Payload(int index) => _payloads[index];

    /// <summary>Whether the event has no outcome yet.</summary>
    public bool IsOpen(int index) => _outcomes[index] is null;

    /// <summary>Meta has accepted the events.</summary>
    /// <param name="range">Which events; those that have an outcome are left out.</param>
    /// <param name="response">The response to them; null if it does not matter.</param>
    public void Deliver(EventRange range, GraphResponse? response = null) =>
        Decide(range, new Outcome.Delivered(response is null ? null : MetaAnswers.Of(response)));

    /// <summary>The events stay in the outbox.</summary>
    /// <param name="range">Which events; those that have an outcome are left out.</param>
    /// <param name="due">When they may be sent again.</param>
    /// <param name="tried">Whether an attempt was made to send them.</param>
    /// <param name="response">The response to them; null if there is none.</param>
    public void Keep(EventRange range, DateTimeOffset due, bool tried, GraphResponse? response = null) =>
        Decide(range, new Outcome.Kept(due, tried) { Answer = response is null ? null : MetaAnswers.Of(response) });

    /// <summary>The events stay in the outbox as if they had not been leased.</summary>
    public void Return() => Decide(Whole, new Outcome.Kept(Due: default, Tried: false));

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
        for (var i = 0; i < _parts.Count; i++)
        {
            var part = _parts[i];
            var outcomes = _outcomes.AsSpan(start, part.Count);
            start += part.Count;
            if (!_reported[i] && !outcomes.Contains(null))
            {
                _reported[i] = true;
                if (part.Chunk.Decide(part.Start, outcomes) is { } settlement)
                {
                    settlements.Add(settlement);
                }
            }
        }

        return settlements;
    }

    private void Decide(EventRange range, Outcome outcome)
    {
        for (var i = range.Start; i < range.End; i++)
        {
            _outcomes[i] ??= outcome;
        }
    }
}

/// <summary>What became of the events of a batch.</summary>
internal readonly record struct BatchCounts(int Delivered, int Kept, int Failed);
