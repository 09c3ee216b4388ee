using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Hashing;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Admin;

/// <summary><c>/api/events</c>: where is my sale?</summary>
internal static class EventsEndpoint
{
    /// <summary>The most arrivals in a response. A source that repeats one id without end must not fill it.</summary>
    public const int MostArrivals = 100;

    private const int LongestId = 256;

    private const string Explanation =
        "Every arrival of the event, newest first, with its outcome, and for each dataset what became of it. A pending "
        + "delivery has a `reason` if its connection or dataset is halted or paused. `meta` is what Meta said. 404 "
        + "says that nothing is known of arrivals since `knownSince`. At most 100 arrivals. Kept for "
        + "`Journal:Retention`, across restarts.";

    private static readonly ExampleRoute Example = new(
        """
        {"eventId":"order-1000","occurrences":[{"connection":"stores","source":"file",
          "eventName":"Order Completed","receivedAt":"2026-11-21T12:00:00+00:00","outcome":"accepted","reason":null,
          "remedy":null,"warnings":[],"deliveries":[{"datasetId":"1000000000000002","eventName":"Purchase",
           "state":"delivered","reason":null,"remedy":null,"acceptedAt":"2026-11-21T12:00:00+00:00",
           "deliveredAt":"2026-11-21T12:00:01+00:00","changedAt":null,"attempts":1,"nextAttemptAt":null,
           "meta":null}]}]}
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

    private static async Task<IResult> FindAsync(
        string eventId,
        IJournal journal,
        IConnectionStateStore states,
        CancellationToken cancellationToken
    )
    {
        var since = DateTimeOffset.MinValue;
        foreach (var (id, stored) in Spellings(eventId))
        {
            var search = new JournalSearch(IsOrder: false, ShortDigests.Of(stored), MostArrivals);
            var found = await journal.FindAsync(search, cancellationToken);
            since = found.KnownSince;
            if (found.Arrivals.Count > 0)
            {
                var stops = await PendingStops.ReadAsync(states, cancellationToken);
                return Results.Ok(
                    new EventReport(id, [.. found.Arrivals.Select(arrival => EventOccurrence.Of(arrival, stops))])
                );
            }
        }

        return Results.NotFound(new NotKnown(since));
    }

    private static IEnumerable<Spelling> Spellings(string id)
    {
        yield return new Spelling(id, id);

        // The web server decodes everything in a path but slashes.
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
        IConnectionStateStore states,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrEmpty(eventId) == string.IsNullOrEmpty(orderId))
        {
            return InvalidRequest.Because("eventId", "must be given, or orderId, but not both");
        }

        if (!string.IsNullOrEmpty(eventId))
        {
            return await FindAsync(eventId, journal, states, cancellationToken);
        }

        var search = new JournalSearch(IsOrder: true, ShortDigests.Of(orderId), MostArrivals);
        var found = await journal.FindAsync(search, cancellationToken);
        return found.Arrivals.Count == 0
            ? Results.NotFound(new NotKnown(found.KnownSince))
            : Results.Ok(
                new ListPage<EventReport>(
                    EventReport.Of(found.Arrivals, await PendingStops.ReadAsync(states, cancellationToken)),
                    Next: null
                )
            );
    }

    /// <summary>What an id may mean.</summary>
    /// <param name="Id">The id as its sender wrote it.</param>
    /// <param name="Stored">The id that the service gave the event.</param>
    private readonly record struct Spelling(string Id, string Stored);

    /// <summary>Nothing is known.</summary>
    /// <param name="KnownSince">Since when every arrival would be known.</param>
    public sealed record NotKnown(DateTimeOffset KnownSince);
}
