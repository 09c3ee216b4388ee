using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/ledger</c>: the state of every accepted event, as sums.</summary>
internal static class LedgerEndpoint
{
    public static void MapLedger(this IEndpointRouteBuilder api) =>
        api.MapGet("/ledger", ListAsync)
            .WithMetadata(
                new ExampleRoute(
                    """
                    [{"connection":"stores","accepted":1000,"delivered":948,"pending":50,
                      "failed":1,"discarded":1,"expired":0}]
                    """
                )
            )
            .WithSummary(
                "How many accepted events are delivered, pending, failed, discarded or expired, by connection."
            )
            .WithDescription(
                "Counted since the first event of each connection. `accepted` = `delivered` + `pending` + `failed` "
                    + "+ `discarded` + `expired` at any moment and after any crash, because the sums are written "
                    + "with the events. `failed`: on the failed list now. `discarded`: discarded or erased by an "
                    + "operator, dropped by a redirect as a duplicate, or lost to a damaged file. `expired`: on the "
                    + "failed list for longer than `Outbox:FailedRetention`. An event for several datasets counts once "
                    + "for each."
            );

    private static async Task<IReadOnlyList<Line>> ListAsync(ILedger store, CancellationToken cancellationToken)
    {
        var ledger = await store.LedgerAsync(cancellationToken);
        return
        [
            .. ledger.Select(line => new Line(
                line.Connection,
                line.Accepted,
                line.Delivered,
                line.Waiting,
                line.Failed,
                line.Discarded,
                line.Expired
            )),
        ];
    }

    /// <summary>The sums of one connection.</summary>
    public sealed record Line(
        string Connection,
        long Accepted,
        long Delivered,
        long Pending,
        long Failed,
        long Discarded,
        long Expired
    );
}
