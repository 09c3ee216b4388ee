using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/ledger</c>: where every accepted event is.</summary>
internal static class LedgerEndpoint
{
    public static void MapLedger(this IEndpointRouteBuilder api) =>
        api.MapGet("/ledger", AnswerAsync)
            .WithMetadata(
                new ExampleRoute(
                    """
                    [{"connection":"stores","accepted":1000,"delivered":948,"pending":50,
                      "failed":1,"discarded":1,"expired":0}]
                    """
                )
            )
            .WithSummary("Where every accepted event is, by connection, since its first one.")
            .WithDescription(
                "`accepted` = `delivered` + `pending` + `failed` + `discarded` + `expired`, at any moment "
                    + "and after any crash: the sums are written with the events. `failed` are on the failed list"
                    + " now; `discarded` were given up or erased by the operator (or could not be read from a "
                    + "damaged file); `expired` outlived the list (`Outbox:FailedRetention`). An event that a "
                    + "shop sends to several datasets counts once for each."
            );

    private static async Task<IReadOnlyList<Line>> AnswerAsync(ILedger store, CancellationToken cancellationToken)
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

    /// <summary>The books of one connection.</summary>
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
