using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Postgres.Journal;

/// <summary>A delivery on its way from the chunk where it was stored to what became of it.</summary>
internal sealed class TracedDelivery(string dataset, string eventName, ChunkPlace stored)
{
    private string _dataset = dataset;
    private int _place = stored.Place;
    private SettledChunk? _settled;
    private MetaAnswer? _answer; // what Meta said last while it waited

    /// <summary>The chunk where it was last.</summary>
    public long Chunk { get; private set; } = stored.Chunk?.Value ?? 0;

    /// <summary>How it failed, until it is known what became of that.</summary>
    public JournalFailure? Failure { get; private set; }

    /// <summary>What became of it; <see langword="null"/> until that is known.</summary>
    public JournalDelivery? Result { get; private set; }

    /// <summary>What Meta said last to the chunk where it is; <see langword="null"/> changes nothing.</summary>
    public void Hear(MetaAnswer? answer) => _answer = answer ?? _answer;

    /// <summary>Its chunk was settled.</summary>
    public void Follow(SettledChunk settled)
    {
        _settled = settled;
        var next = settled.Content.StepOf(_place);
        if (next.Failure is not null)
        {
            Failure = next.Failure;
        }
        else if (next.State == DeliveryState.Pending)
        {
            _answer = next.Dataset is null ? _answer : null;
            (Chunk, _place, _dataset) = (next.Chunk, next.Place, next.Dataset ?? _dataset);
        }
        else
        {
            End(next.State, settled.At, settled.Attempts);
            Result = Result! with { Answer = next.State == DeliveryState.Delivered ? next.Answer : _answer };
        }
    }

    /// <summary>It failed. It left the failed list, is on it, or is no longer known.</summary>
    public void Resolve(ResolvedFailure? resolved, bool isListed)
    {
        if (resolved is { State: DeliveryState.Pending })
        {
            _answer = null; // a replay is a new beginning
            (Chunk, _place, _dataset) = (resolved.Chunk, resolved.Place, resolved.Dataset ?? _dataset);
        }
        else
        {
            End(
                resolved?.State ?? (isListed ? DeliveryState.Failed : DeliveryState.Discarded),
                resolved?.At ?? (isListed ? _settled!.At : null),
                _settled!.Attempts
            );
            Result = Result! with { Reason = Failure!.Reason, Answer = Failure.Answer ?? _answer };
        }

        Failure = null;
    }

    /// <summary>It waits, or its chunk is no longer known.</summary>
    public void Wait(WaitingRow? chunk)
    {
        if (chunk is null)
        {
            End(DeliveryState.Discarded, at: null, attempts: 0);
            return;
        }

        End(DeliveryState.Pending, chunk.CreatedAt, chunk.Attempts);
        Result = Result! with { NextAttemptAt = chunk.DueAt, Answer = _answer };
    }

    private void End(DeliveryState state, DateTimeOffset? at, int attempts) =>
        Result = new JournalDelivery(_dataset, eventName, state, attempts, at);
}

/// <summary>An arrival that was found, whose deliveries are to be followed.</summary>
internal sealed record FoundArrival(
    ulong Digest,
    string? EventId,
    DateTimeOffset ReceivedAt,
    JournalKind Kind,
    IReadOnlyList<TracedDelivery> Deliveries
)
{
    /// <summary>The arrival, once its deliveries were followed.</summary>
    public JournalArrival Arrival =>
        new(Digest, EventId, ReceivedAt, Kind, [.. Deliveries.Select(delivery => delivery.Result!)]);

    /// <summary>An arrival of a block.</summary>
    public static FoundArrival Of(JournalBlock block, int place, string? eventId)
    {
        var kind = block.Kinds[block.KindOf[place]];
        var places = block.PlacesOf(place);
        return new FoundArrival(
            block.EventIds[place],
            eventId,
            block.TimeOf(place),
            kind,
            [
                .. kind.Targets.Select(
                    (target, at) => new TracedDelivery(block.Lanes[target.Lane].Dataset, target.EventName, places[at])
                ),
            ]
        );
    }
}
