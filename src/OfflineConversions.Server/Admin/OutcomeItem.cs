using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Admin;

/// <summary>The outcome of one source event, as the operator sees it.</summary>
/// <param name="At">When it was received.</param>
/// <param name="Connection">The connection that received it.</param>
/// <param name="Source">The tag of its source.</param>
/// <param name="EventId">Its id, at most 200 characters of it.</param>
/// <param name="EventName">The name that the source gave it.</param>
/// <param name="Outcome"><c>accepted</c>, <c>ignored</c> or <c>rejected</c>.</param>
/// <param name="Reason">Why it was not accepted.</param>
/// <param name="Warnings">What was left out or changed.</param>
/// <param name="Field">The field at fault, by its name at Meta.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record OutcomeItem(
    DateTimeOffset At,
    string Connection,
    string Source,
    string? EventId,
    string? EventName,
    string Outcome,
    string? Reason,
    IReadOnlyList<string> Warnings,
    string? Field,
    string? Remedy
)
{
    public static OutcomeItem Of(DateTimeOffset at, string? eventId, JournalKind kind) =>
        new(
            at,
            kind.Connection,
            kind.Source,
            eventId,
            kind.EventName,
            kind.Outcome.Name(),
            kind.Reason,
            kind.Warnings,
            ReasonFields.Of(kind.Reason ?? (kind.Warnings is [var first, ..] ? first : null)),
            RemedyOf(kind)
        );

    /// <summary>What to do about an outcome, or about the first warning of an accepted event.</summary>
    public static string? RemedyOf(JournalKind kind) => EntryOf(kind)?.Remedy;

    /// <summary>What the catalogue says of an outcome, or of the first warning of an accepted event.</summary>
    public static ReasonEntry? EntryOf(JournalKind kind) =>
        kind.Reason is { } reason
            ? ReasonCatalogue.Find(
                reason,
                kind.Outcome == Conversions.Outcome.Ignored ? ReasonKind.Ignored : ReasonKind.Rejected
            )
        : kind.Warnings is [var warning, ..] ? ReasonCatalogue.Find(warning, ReasonKind.Warning)
        : null;
}
