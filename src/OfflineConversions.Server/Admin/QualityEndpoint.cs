using OfflineConversions.Server.Quality;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// <c>GET /api/quality</c>: how well Meta can match the events of each connection, and what to improve.
/// </summary>
internal static class QualityEndpoint
{
    private static readonly TimeSpan UsualSpan = TimeSpan.FromDays(7);

    private static readonly ExampleRoute Example = new(
        """
        {"items":[{"connection":"stores","events":1200,"keysPerEvent":3.4,
          "coverage":{"em":0.98,"external_id":0.9,"ph":0.41},"freshnessSeconds":{"p50":2.1,"p95":48.0},
          "badValues":{"invalid_phone":37},
          "trend":[{"from":"2026-11-28T00:00:00+00:00","events":700,"keysPerEvent":3.3},
            {"from":"2026-11-29T00:00:00+00:00","events":500,"keysPerEvent":3.5}],
          "advice":[{"key":"ph","text":"41 % of the events have a phone number (`user_data.ph`). …"}],
          "meta":{"at":"2026-11-29T12:00:00+00:00","agent":null,"datasets":[{"datasetId":"1000000000000002",
            "events":[{"kind":"offline","eventName":"Purchase","score":7.1,
              "parts":{"match_key":5.0,"frequency":9.0,"freshness":6.4},"coverage":{"email":0.81,"phone":0.125},
              "recommendations":["…"]}]}]},
          "metaProblem":null}],"next":null}
        """
    );

    public static void MapQuality(this IEndpointRouteBuilder api) =>
        api.MapGet("/quality", ListAsync)
            .WithMetadata(Example)
            .WithSummary("How well Meta can match the events of each connection, and what to improve.")
            .WithDescription(
                "Of the accepted events from `from` (inclusive) to `to` (exclusive), by whole hours; the last seven "
                    + "days by default. `coverage` is the share of the events that has a match key, by the key's name "
                    + "at Meta. `freshnessSeconds` is how old events are when they arrive, interpolated from a "
                    + "histogram. `badValues` counts warnings. `trend` is by day, oldest first. `advice` follows the "
                    + "order in which Meta weighs match keys. `meta` are Meta's own scores (Dataset Quality API), "
                    + "only of your events if `PartnerAgent` is set, at most an hour old; it is null with the cause "
                    + "in `metaProblem` where the token may not read them."
            )
            .Produces<ListPage<ConnectionQuality>>()
            .ProducesValidationProblem();

    /// <summary>How long a response waits for Meta's scores.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static async Task<IResult> ListAsync(
        QualityReport report,
        TimeProvider time,
        string? connection,
        DateTimeOffset? from,
        DateTimeOffset? to,
        CancellationToken cancellationToken
    )
    {
        if (from > to)
        {
            return InvalidRequest.Because("from", "must not be after to");
        }

        // A span without an end, such as to the year 9999, is as good as one to now.
        var now = time.GetUtcNow();
        var end = to < now ? Later(to.Value, DateTimeOffset.UnixEpoch) : now;
        var begin = from ?? Later(end - UsualSpan, DateTimeOffset.UnixEpoch);
        var items = await report.OfAsync(begin, end, connection, Patience, cancellationToken);
        return Results.Ok(new ListPage<ConnectionQuality>(items, Next: null));
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
