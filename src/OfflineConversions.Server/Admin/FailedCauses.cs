using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/failed/causes</c>: the failed events grouped by their cause.</summary>
internal static class FailedCauses
{
    private static readonly ExampleRoute Causes = new(
        """
        {"items":[{"connection":"stores","datasetId":"1000000000000002","reason":"refused_by_meta","code":100,
          "subcode":2804009,"title":"Purchase without value","events":12,"firstAt":"2026-11-21T12:00:00+00:00",
          "lastAt":"2026-11-21T14:30:00+00:00",
          "remedy":"Fix the field at the source. Replay the event only if the cause was at Meta."}],"next":null}
        """
    );

    public static void MapFailedCauses(this IEndpointRouteBuilder api) =>
        api.MapGet("/failed/causes", ListAsync)
            .AddEndpointFilter(FailedPage.CheckAsync)
            .WithMetadata(Causes)
            .WithSummary("The failed events grouped by connection, dataset and cause, the latest cause first.")
            .WithDescription(
                "A cause is a reason together with Meta's `code` and `subcode`, where there are any. `remedy` says "
                    + "what to do. `since` (inclusive) and `until` (exclusive) refer to the time of failure. The "
                    + "causes are few, so there is one page."
            )
            .Produces<ListPage<Cause>>()
            .ProducesValidationProblem();

    private static async Task<ListPage<Cause>> ListAsync(
        IFailedList failed,
        string? connection,
        string? reason,
        DateTimeOffset? since,
        DateTimeOffset? until,
        DateTimeOffset? from,
        DateTimeOffset? to,
        CancellationToken cancellationToken
    )
    {
        var selection = new FailedSelection(connection)
        {
            Reason = reason,
            Since = since ?? from,
            Until = until ?? to,
        };
        var causes = await failed.FailedCausesAsync(selection, cancellationToken);
        return new ListPage<Cause>([.. causes.Select(Cause.From)], Next: null);
    }

    /// <summary>Failed events of one cause.</summary>
    public sealed record Cause(
        string Connection,
        string DatasetId,
        string Reason,
        int? Code,
        int? Subcode,
        string? Title,
        long Events,
        DateTimeOffset FirstAt,
        DateTimeOffset LastAt,
        string? Remedy
    )
    {
        public static Cause From(FailedCause cause) =>
            new(
                cause.Connection,
                cause.DatasetId,
                cause.Reason,
                cause.Code,
                cause.Subcode,
                cause.Title,
                cause.Events,
                cause.FirstAt,
                cause.LastAt,
                ReasonCatalogue.OfDelivery(cause.Reason)?.Remedy
            );
    }
}
