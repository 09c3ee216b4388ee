using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/funnel</c>: from received to delivered, by hour or day.</summary>
internal static class FunnelEndpoint
{
    private static readonly string[] Kinds =
    [
        RollUpKind.Accepted,
        RollUpKind.Ignored,
        RollUpKind.Rejected,
        RollUpKind.Delivered,
        RollUpKind.Failed,
        RollUpKind.EventName,
    ];

    public static void MapFunnel(this IEndpointRouteBuilder api) =>
        api.MapGet("/funnel", ListAsync)
            .WithMetadata(
                new ExampleRoute(
                    """
                    {"items":[{"from":"2026-11-21T00:00:00+00:00","connection":"stores","received":1000,
                      "accepted":990,"delivered":985,"ignored":{"duplicate":6},"rejected":{"missing_currency":4},
                      "failed":{"refused_by_meta":1},"eventNames":{"Order Completed":1000}}],"next":null}
                    """
                )
            )
            .Produces<ListPage<Bucket>>()
            .ProducesValidationProblem()
            .WithSummary("How many events were received, accepted and delivered, by hour or day.")
            .WithDescription(
                "One item for each `bucket` (`hour`, the default, or `day`, in UTC) and connection, oldest first. "
                    + "`received` = `accepted` + `ignored` + `rejected`, in events of the source. `delivered` and "
                    + "`failed` count deliveries, so an event for several datasets counts once for each, in the hour "
                    + "in which Meta accepted or refused it; one that was replayed counts again. `eventNames` "
                    + "has at most 50 names of a connection, and the rest as `(other)`; `(hidden)` counts "
                    + "events without a name, or with one that looks like personal data. `connection`, `from` "
                    + "and `to` select; without `from`, the last day, or the last week by day. Written with "
                    + "the events, so the sums agree with the ledger after any crash."
            );

    private static async Task<IResult> ListAsync(
        HttpContext context,
        IJournal journal,
        TimeProvider time,
        string? connection,
        string? bucket,
        string? from,
        string? to,
        string? limit,
        string? cursor,
        CancellationToken cancellationToken
    )
    {
        var query = ListQuery.Read(context.Request.Query, out var problems);
        if (bucket is not (null or "hour" or "day"))
        {
            problems["bucket"] = ["must be hour or day"];
        }

        if (problems.Count > 0)
        {
            return Results.ValidationProblem(problems);
        }

        var size = bucket == "day" ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);
        var end = query.To ?? time.GetUtcNow() + TimeSpan.FromHours(1);
        var begin = Floor(query.From ?? end - (bucket == "day" ? TimeSpan.FromDays(7) : TimeSpan.FromDays(1)), size);
        var counts = await journal.RollUpsAsync(
            new RollUpQuery(begin, end) { Connection = connection, Kinds = Kinds },
            cancellationToken
        );
        var skipped = (int)Math.Min(query.Cursor ?? 0, int.MaxValue);
        var buckets = counts
            .GroupBy(count => (From: Floor(count.Hour, size), count.Connection))
            .OrderBy(group => group.Key.From)
            .ThenBy(group => group.Key.Connection, StringComparer.Ordinal)
            .Skip(skipped)
            .Take(query.Limit + 1)
            .Select(group => Bucket.Of(group.Key.From, group.Key.Connection, [.. group]))
            .ToList();
        return Results.Ok(
            new ListPage<Bucket>(
                [.. buckets.Take(query.Limit)],
                buckets.Count > query.Limit ? ListQuery.CursorOf(skipped + query.Limit) : null
            )
        );
    }

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan size) =>
        new(time.UtcTicks - (time.UtcTicks % size.Ticks), TimeSpan.Zero);

    /// <summary>One hour or day of a connection.</summary>
    /// <param name="From">Its begin.</param>
    /// <param name="Connection">The connection.</param>
    /// <param name="Received">Source events.</param>
    /// <param name="Accepted">Those that were stored.</param>
    /// <param name="Delivered">Deliveries that Meta accepted.</param>
    /// <param name="Ignored">Source events that were ignored, by reason.</param>
    /// <param name="Rejected">Source events that were rejected, by reason.</param>
    /// <param name="Failed">Deliveries that moved to the failed list, by reason.</param>
    /// <param name="EventNames">Source events by name.</param>
    public sealed record Bucket(
        DateTimeOffset From,
        string Connection,
        long Received,
        long Accepted,
        long Delivered,
        IReadOnlyDictionary<string, long> Ignored,
        IReadOnlyDictionary<string, long> Rejected,
        IReadOnlyDictionary<string, long> Failed,
        IReadOnlyDictionary<string, long> EventNames
    )
    {
        internal static Bucket Of(DateTimeOffset from, string connection, IReadOnlyList<RollUp> counts)
        {
            var (accepted, ignored, rejected) = (
                Sum(counts, RollUpKind.Accepted),
                ByName(counts, RollUpKind.Ignored),
                ByName(counts, RollUpKind.Rejected)
            );
            return new Bucket(
                from,
                connection,
                accepted + ignored.Values.Sum() + rejected.Values.Sum(),
                accepted,
                Sum(counts, RollUpKind.Delivered),
                ignored,
                rejected,
                ByName(counts, RollUpKind.Failed),
                ByName(counts, RollUpKind.EventName)
            );
        }

        private static long Sum(IEnumerable<RollUp> counts, string kind) =>
            counts.Where(count => count.Kind == kind).Sum(count => count.Count);

        private static SortedDictionary<string, long> ByName(IEnumerable<RollUp> counts, string kind) =>
            new(
                counts
                    .Where(count => count.Kind == kind)
                    .GroupBy(count => count.Name, StringComparer.Ordinal)
                    .ToDictionary(group => group.Key, group => group.Sum(count => count.Count), StringComparer.Ordinal),
                StringComparer.Ordinal
            );
    }
}
