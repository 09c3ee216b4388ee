using OfflineConversions.Conversions;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Ingestion;

/// <summary>One event that was not accepted.</summary>
internal sealed record RecentOutcome(
    DateTimeOffset At,
    string Connection,
    string Source,
    string? EventId,
    string Outcome,
    string? Reason,
    IReadOnlyList<string> Warnings
);

/// <summary>
/// The last events that were ignored or rejected, for the operator's question "where is my sale?". This process only,
/// oldest forgotten first.
/// </summary>
internal sealed class RecentOutcomes
{
    /// <summary>How many are remembered.</summary>
    public const int Capacity = 1000;

    /// <summary>An event id is as long as its caller made it: of a longer one the beginning is remembered.</summary>
    public const int LongestEventId = 200;

    private readonly Lock _gate = new();
    private readonly Queue<RecentOutcome> _latest = new(Capacity);

    /// <summary>Notes those of the outcomes that were not accepted.</summary>
    public void Note(DateTimeOffset at, Connection connection, IReadOnlyList<EventOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (outcome.Outcome != Outcome.Accepted)
            {
                Add(
                    new RecentOutcome(
                        at,
                        connection.Name,
                        connection.Source.Tag,
                        outcome.Reason == Reason.Erased ? null : Beginning(outcome.EventId),
                        outcome.Outcome.Name(),
                        outcome.Reason,
                        outcome.Warnings
                    )
                );
            }
        }
    }

    /// <summary>
    /// Forgets them all: whose they were is not known, and an event id may be made of a person's name.
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
        lock (_gate)
        {
            if (_latest.Count == Capacity)
            {
                _latest.Dequeue();
            }

            _latest.Enqueue(outcome);
        }
    }
}
