using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>
/// What events have in common that arrived alike. A body of a thousand events has a few kinds, so each event is only
/// the number of its kind.
/// </summary>
/// <param name="Connection">The connection that received them.</param>
/// <param name="Source">The tag of its source.</param>
/// <param name="EventName">The guarded name that the source gave them.</param>
/// <param name="Outcome">What happened to them.</param>
/// <param name="Reason">Why they were not accepted.</param>
/// <param name="Warnings">What was left out or changed.</param>
/// <param name="Targets">Their deliveries that were stored.</param>
internal sealed record JournalKind(
    string Connection,
    string Source,
    string? EventName,
    Outcome Outcome,
    string? Reason,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<JournalTarget> Targets
)
{
    /// <summary>Whether the journal keeps the ids of such events in clear text.</summary>
    public bool KeepsEventIds =>
        Reason != Conversions.Reason.Erased && (Outcome != Outcome.Accepted || Warnings.Count > 0);

    public bool Equals(JournalKind? other) =>
        other is not null
        && Connection == other.Connection
        && Source == other.Source
        && EventName == other.EventName
        && Outcome == other.Outcome
        && Reason == other.Reason
        && Warnings.SequenceEqual(other.Warnings, StringComparer.Ordinal)
        && Targets.SequenceEqual(other.Targets);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Connection, StringComparer.Ordinal);
        hash.Add(EventName, StringComparer.Ordinal);
        hash.Add(Outcome);
        hash.Add(Reason, StringComparer.Ordinal);
        hash.Add(Warnings.Count);
        foreach (var target in Targets)
        {
            hash.Add(target);
        }

        return hash.ToHashCode();
    }
}

/// <summary>One delivery of a kind of events.</summary>
/// <param name="Lane">The lane of its block: where the chunks of its dataset are listed.</param>
/// <param name="EventName">The name of the event at Meta.</param>
internal readonly record struct JournalTarget(int Lane, string EventName);
