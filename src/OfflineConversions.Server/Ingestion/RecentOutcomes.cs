using OfflineConversions.Conversions;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Ingestion;

/// <summary>One event that was not accepted.</summary>
internal sealed record RecentOutcome(
    DateTimeOffset At,
    string Connection,
    string Source,
    string? EventId,
    string? EventName,
    string Outcome,
    string? Reason,
    IReadOnlyList<string> Warnings
);

/// <summary>
/// The last events that were ignored or rejected, for the operator's question "where is my sale?". In memory only; the
/// oldest are dropped first.
/// </summary>
internal sealed class RecentOutcomes
{
    /// <summary>The most events that are kept.</summary>
    public const int Capacity = 1000;

    /// <summary>Callers choose the length of event ids. Of a longer one only the beginning is kept.</summary>
    public const int LongestEventId = 200;

    private readonly Lock _gate = new();
    private readonly Queue<RecentOutcome> _latest = new(Capacity);

    /// <summary>Keeps the outcomes that are not accepted.</summary>
    public void Note(DateTimeOffset at, Connection connection, IReadOnlyList<EventOutcome> outcomes)
    {
        // Those that the rest of the body would push out again are left out.
        List<EventOutcome>? kept = null;
        for (var index = outcomes.Count - 1; index >= 0 && kept is not { Count: Capacity }; index--)
        {
            if (outcomes[index].Outcome != Outcome.Accepted)
            {
                (kept ??= []).Add(outcomes[index]);
            }
        }

        if (kept is null)
        {
            return;
        }

        kept.Reverse();
        lock (_gate)
        {
            foreach (var outcome in kept)
            {
                Add(
                    new RecentOutcome(
                        at,
                        connection.Name,
                        connection.Source.Tag,
                        outcome.Reason == Reason.Erased ? null : Beginning(outcome.EventId),
                        outcome.Reason == Reason.Erased ? null : outcome.EventName,
                        outcome.Outcome.Name(),
                        outcome.Reason,
                        outcome.Warnings
                    )
                );
            }
        }
    }

    /// <summary>
    /// Drops all of them. Their persons are unknown here, and an event id may contain a person's name.
    /// </summary>
    public void Forget()
    {
        lock (_gate)
        {
            _latest.Clear();
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RecentOutcome> Latest()
    {
        lock (_gate)
        {
            return [.. _latest.Reverse()];
        }
    }

    private static string? Beginning(string? id) =>
        id is { Length: > LongestEventId } ? string.Concat(id.AsSpan(0, LongestEventId), "…") : id;

    private void Add(RecentOutcome outcome)
    {
        if (_latest.Count == Capacity)
        {
            _latest.Dequeue();
        }

        _latest.Enqueue(outcome);
    }
}
