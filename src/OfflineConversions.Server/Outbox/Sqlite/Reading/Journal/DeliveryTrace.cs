using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading.Journal;

/// <summary>
/// Follows a delivery from the chunk where it was stored to what became of it. A chunk that was settled in part is
/// followed by the chunk of what was kept; a failed event that was replayed goes on in another chunk.
/// </summary>
internal sealed class DeliveryTrace(ReadConnection reader)
{
    /// <summary>More than any delivery makes; a damaged file could name a chunk that follows itself.</summary>
    private const int MostSteps = 10_000;

    private readonly Statement _settled = reader.Prepare(
        "SELECT at, attempts, content FROM journal_settled WHERE chunk = ?1"
    );

    private readonly Statement _answer = reader.Prepare(
        "SELECT code, subcode, title, trace_id, field FROM journal_answers WHERE chunk = ?1"
    );

    private readonly Statement _chunk = reader.Prepare("SELECT due_at, attempts, created_at FROM chunks WHERE id = ?1");

    private readonly Statement _resolved = reader.Prepare(
        "SELECT state, at, chunk, place, dataset FROM journal_resolved WHERE failed = ?1"
    );

    private readonly Statement _failed = reader.Prepare("SELECT failed_at FROM failed WHERE id = ?1");

    /// <summary>What became of a delivery.</summary>
    public JournalDelivery Follow(string dataset, string eventName, ChunkPlace stored)
    {
        var (chunk, place) = (stored.Chunk?.Value ?? 0, stored.Place);
        MetaAnswer? answer = null; // what Meta said last while it waited
        for (var step = 0; step < MostSteps; step++)
        {
            answer = FindAnswer(chunk) ?? answer;
            if (FindSettlement(chunk) is not { } settled)
            {
                break;
            }

            var next = settled.Content.StepOf(place);
            if (next.Failure is { } failure)
            {
                var outcome = Resolve(failure, settled);
                if (outcome.State != DeliveryState.Pending)
                {
                    return Ended(outcome.State, outcome.At, settled.Attempts) with
                    {
                        Reason = failure.Reason,
                        Answer = failure.Answer ?? answer,
                    };
                }

                answer = null; // a replay is a new beginning
                (chunk, place, dataset) = (outcome.Chunk, outcome.Place, outcome.Dataset ?? dataset);
            }
            else if (next.State == DeliveryState.Pending)
            {
                answer = next.Dataset is null ? answer : null;
                (chunk, place, dataset) = (next.Chunk, next.Place, next.Dataset ?? dataset);
            }
            else
            {
                return Ended(next.State, settled.At, settled.Attempts) with
                {
                    Answer = next.State == DeliveryState.Delivered ? next.Answer : answer,
                };
            }
        }

        var pending = _chunk.Bind(1, chunk).Read()
            ? new JournalDelivery(
                dataset,
                eventName,
                DeliveryState.Pending,
                (int)_chunk.Integer(1),
                _chunk.Time(2),
                _chunk.Time(0),
                Answer: answer
            )
            : Ended(DeliveryState.Discarded, at: null, attempts: 0);
        _chunk.Reset();
        return pending;

        JournalDelivery Ended(DeliveryState state, DateTimeOffset? at, int attempts) =>
            new(dataset, eventName, state, attempts, at);
    }

    private MetaAnswer? FindAnswer(long chunk)
    {
        var found = _answer.Bind(1, chunk).Read()
            ? new MetaAnswer(
                _answer.OptionalInteger(0),
                _answer.OptionalInteger(1),
                _answer.OptionalText(2),
                _answer.OptionalText(3),
                _answer.OptionalText(4)
            )
            : null;
        _answer.Reset();
        return found;
    }

    private Resolved Resolve(JournalFailure failure, Settled settled)
    {
        var resolved = _resolved.Bind(1, failure.Number).Read()
            ? new Resolved(
                (DeliveryState)_resolved.Integer(0),
                _resolved.Time(1),
                _resolved.Integer(2),
                (int)_resolved.Integer(3),
                _resolved.OptionalText(4)
            )
            : default(Resolved?);
        _resolved.Reset();
        if (resolved is { } known)
        {
            return known;
        }

        var isListed = _failed.Bind(1, failure.Number).Read();
        _failed.Reset();
        return isListed
            ? new Resolved(DeliveryState.Failed, settled.At, 0, 0)
            : new Resolved(DeliveryState.Discarded, At: null, 0, 0);
    }

    private Settled? FindSettlement(long chunk)
    {
        Settled? found =
            _settled.Bind(1, chunk).Read() && JournalSettlement.Read(_settled.Span(2)) is { } content
                ? new Settled(_settled.Time(0), (int)_settled.Integer(1), content)
                : null;
        _settled.Reset();
        return found;
    }

    private readonly record struct Settled(DateTimeOffset At, int Attempts, JournalSettlement Content);

    private readonly record struct Resolved(
        DeliveryState State,
        DateTimeOffset? At,
        long Chunk,
        int Place,
        string? Dataset = null
    );
}
