using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using OfflineConversions.Hashing;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Admin;

/// <summary><c>/api/events</c>: where is my sale?</summary>
internal static class EventsEndpoint
{
    /// <summary>The most arrivals in a response. A source that repeats one id without end must not fill it.</summary>
    public const int MostArrivals = 100;

    private const int LongestId = 256;
    private const string Route = "/api/events/";

    private const string Explanation =
        "Every arrival of the event, newest first, with its outcome, and for each dataset what became of it. A pending "
        + "delivery has a `reason` if its connection or dataset is halted, paused or throttled. `meaning` says the "
        + "same in words. `meta` is what Meta said last. 404 says that nothing is known of arrivals since "
        + "`knownSince`. At most 100 arrivals. Kept for `Journal:Retention`, across restarts.";

    private static readonly ExampleRoute Example = new(
        """
        {"eventId":"order-1000","occurrences":[{"connection":"stores","source":"file",
          "eventName":"Order Completed","receivedAt":"2026-11-21T12:00:00+00:00","outcome":"accepted","reason":null,
          "meaning":"It was accepted.","remedy":null,"warnings":[],
          "deliveries":[{"datasetId":"1000000000000002","eventName":"Purchase","state":"delivered","reason":null,
           "meaning":"Meta accepted it.","remedy":null,"acceptedAt":"2026-11-21T12:00:00+00:00",
           "deliveredAt":"2026-11-21T12:00:01+00:00","changedAt":null,"attempts":1,"nextAttemptAt":null,
           "meta":{"code":null,"subcode":null,"title":null,"fbtraceId":"A1b2C3"}}]}]}
        """
    );

    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        api.MapGet("/events/{**eventId}", FindAsync)
            .WithMetadata(Example)
            .Produces<EventReport>()
            .Produces<NotKnown>(StatusCodes.Status404NotFound)
            .WithSummary("What became of an event, by its id.")
            .WithDescription(Explanation);
        api.MapGet("/events", SearchAsync)
            .WithMetadata(Example)
            .Produces<EventReport>()
            .Produces<NotKnown>(StatusCodes.Status404NotFound)
            .ProducesValidationProblem()
            .WithSummary("What became of an event or of the events of an order.")
            .WithDescription(
                "With `eventId`, the same as the route with the id in its path. With `orderId`, the events of the "
                    + "order as `{\"items\":[…],\"next\":null}`, the one that arrived last first; an "
                    + "`eventId` is null there if only its digest is kept. "
                    + Explanation
            );
    }

    /// <summary>
    /// Finds the id in the path. The web server decodes everything in a path but slashes, so an id that contains both
    /// <c>/</c> and <c>%2F</c> is only found in the path as it was sent.
    /// </summary>
    private static Task<IResult> FindAsync(
        string eventId,
        HttpContext context,
        IJournal journal,
        PendingStops.Reader stops,
        CancellationToken cancellationToken
    )
    {
        var path = context.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] ?? "";
        var at = path.IndexOf(Route, StringComparison.OrdinalIgnoreCase);
        var sent = at < 0 ? eventId : Uri.UnescapeDataString(path[(at + Route.Length)..]);
        return AnswerAsync([sent, eventId], journal, stops, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(
        IEnumerable<string> ids,
        IJournal journal,
        PendingStops.Reader stops,
        CancellationToken cancellationToken
    )
    {
        var since = DateTimeOffset.MinValue;
        foreach (var (id, stored) in ids.Distinct(StringComparer.Ordinal).SelectMany(Spellings))
        {
            var search = new JournalSearch(IsOrder: false, ShortDigests.Of(stored), MostArrivals);
            var found = await journal.FindAsync(search, cancellationToken);
            since = found.KnownSince;
            if (found.Arrivals.Count > 0)
            {
                var now = await stops.ReadAsync(cancellationToken);
                return Results.Ok(
                    new EventReport(id, [.. found.Arrivals.Select(arrival => EventOccurrence.Of(arrival, now))])
                );
            }
        }

        return Results.NotFound(NotKnown.Since(since));
    }

    /// <summary>What the service may have stored for an id.</summary>
    internal static IEnumerable<Spelling> Spellings(string id)
    {
        yield return new Spelling(id, id);

        if (id.Contains("%2F", StringComparison.OrdinalIgnoreCase))
        {
            var decoded = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
            yield return new Spelling(decoded, decoded);
        }

        // Instead of an id that is too long for Meta or contains an e-mail address, the service uses its hash.
        if (id.Contains('@', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(id) > LongestId)
        {
            yield return new Spelling(id, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))));
        }
    }

    private static async Task<IResult> SearchAsync(
        string? eventId,
        string? orderId,
        IJournal journal,
        PendingStops.Reader stops,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrEmpty(eventId) == string.IsNullOrEmpty(orderId))
        {
            return InvalidRequest.Because("eventId", "must be given, or orderId, but not both");
        }

        if (!string.IsNullOrEmpty(eventId))
        {
            return await AnswerAsync([eventId], journal, stops, cancellationToken);
        }

        var search = new JournalSearch(IsOrder: true, ShortDigests.Of(orderId), MostArrivals);
        var found = await journal.FindAsync(search, cancellationToken);
        return found.Arrivals.Count == 0
            ? Results.NotFound(NotKnown.Since(found.KnownSince))
            : Results.Ok(
                new ListPage<EventReport>(
                    EventReport.Of(found.Arrivals, await stops.ReadAsync(cancellationToken)),
                    Next: null
                )
            );
    }

    /// <summary>What an id may mean.</summary>
    /// <param name="Id">The id as its sender wrote it.</param>
    /// <param name="Stored">The id that the service gave the event.</param>
    internal readonly record struct Spelling(string Id, string Stored);

    /// <summary>Nothing is known.</summary>
    /// <param name="KnownSince">Since when every arrival would be known.</param>
    /// <param name="Meaning">What that means.</param>
    /// <param name="Remedy">What to do.</param>
    public sealed record NotKnown(DateTimeOffset KnownSince, string Meaning, string Remedy)
    {
        public static NotKnown Since(DateTimeOffset since) =>
            new(
                since,
                "No such event has arrived since then. What arrived before is no longer known.",
                "Check that the source makes the call, its host and its write key. A post that was refused as a whole "
                    + "is not recorded: it shows in the response and in `offlineconversions_requests_total`."
            );
    }
}
