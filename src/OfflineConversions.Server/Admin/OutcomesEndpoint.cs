using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/outcomes</c>: the latest events that were not accepted, with what to do about it.</summary>
internal static class OutcomesEndpoint
{
    public static void MapOutcomes(this IEndpointRouteBuilder api) =>
        api.MapGet("/outcomes", (RecentOutcomes recent) => recent.Latest().Select(Line.From))
            .WithSummary("The latest events that were ignored or rejected, newest first.")
            .WithDescription(
                "At most 1000, of this process since its start. Each names the rule that stopped the event, and what "
                    + "to do. The list contains no personal data."
            );

    /// <summary>One event that was not accepted.</summary>
    public sealed record Line(
        DateTimeOffset At,
        string Connection,
        string Source,
        string? EventId,
        string? EventName,
        string Outcome,
        string? Reason,
        IReadOnlyList<string> Warnings,
        string? Remedy
    )
    {
        public static Line From(RecentOutcome outcome) =>
            new(
                outcome.At,
                outcome.Connection,
                outcome.Source,
                outcome.EventId,
                outcome.EventName,
                outcome.Outcome,
                outcome.Reason,
                outcome.Warnings,
                outcome.Reason is { } reason ? ReasonCatalogue.OfOutcome(reason)?.Remedy : null
            );
    }
}
