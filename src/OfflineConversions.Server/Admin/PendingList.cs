using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using OfflineConversions.Json;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/pending</c>: the events that wait for delivery, in pages.</summary>
internal static class PendingList
{
    /// <summary>The most events of a page, also if <c>limit</c> asks for more.</summary>
    public const int MostListed = 1000;

    /// <summary>The most bytes of a page. An event that is larger is a page on its own.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    private const int ListedByDefault = 100;

    /// <summary>An event id is not indexed, so so many bytes of payloads are read for one page at most.</summary>
    private const long MostSearchedBytes = 64 * 1024 * 1024;

    // Shown for an event that is damaged or cannot be decrypted.
    private static readonly JsonElement Unreadable = JsonElement.Parse("""{"unreadable":true}""");

    private static readonly ExampleRoute Listing = new(
        """
        {"items":[{"connection":"stores","datasetId":"1000000000000002","eventName":"Purchase","eventId":"order-1",
          "acceptedAt":"2026-11-21T12:00:00+00:00","attempts":3,"nextAttemptAt":"2026-11-21T12:04:10+00:00",
          "inFlight":false,
          "payload":{"event_name":"Purchase","event_time":1795262400,"event_id":"order-1",
           "action_source":"physical_store","user_data":{"em":["…"]}}}],"next":"1795262400000-17-0"}
        """
    );

    public static void MapPendingList(this IEndpointRouteBuilder api) =>
        api.MapGet("/pending", ListAsync)
            .AddEndpointFilter(CheckAsync)
            .WithMetadata(Listing)
            .WithSummary("The events that wait for delivery, newest first, hashed as they will be sent.")
            .WithDescription(
                $"A page has `limit` events (default {ListedByDefault}, at most {MostListed}), and ends early where it "
                    + "would be larger than 8 MiB. `next` is the `cursor` of the next page; null if there is none. "
                    + "`nextAttemptAt` is null while the event is being sent (`inFlight`); a time in the past means "
                    + "as soon as the connection or dataset may send. A search for an `eventId` reads payloads, up to "
                    + "64 MiB for a page, so a page may be empty and still have a `next`."
            )
            .Produces<ListPage<Line>>()
            .ProducesValidationProblem();

    private static async Task<IResult> ListAsync(
        IPendingList pending,
        IOptions<JsonOptions> json,
        string? connection,
        string? datasetId,
        string? eventId,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var query = new PendingQuery(
            connection,
            datasetId,
            eventId,
            Math.Clamp(limit ?? ListedByDefault, 1, MostListed)
        )
        {
            After = cursor is null ? null : PendingPosition.Parse(cursor),
            MostBytes = MostBytes,
            MostReadBytes = eventId is null ? long.MaxValue : MostSearchedBytes,
        };
        var page = await pending.PendingAsync(query, cancellationToken);
        using var body = new MemoryStream();
        Write(body, page, json.Value.SerializerOptions);
        return Results.Bytes(body.ToArray(), "application/json; charset=utf-8");
    }

    /// <summary>Writes as many events as a page may have bytes, but at least one.</summary>
    private static void Write(MemoryStream body, PendingPage page, JsonSerializerOptions options)
    {
        var (written, next) = (0, page.Next);
        body.Write("{\"items\":["u8);
        foreach (var pending in page.Events)
        {
            // Escapes can make an event longer than its payload.
            var line = JsonSerializer.SerializeToUtf8Bytes(Line.From(pending), options);
            if (written > 0 && body.Length + line.Length + 100 > MostBytes)
            {
                next = page.Events[written - 1].Position;
                break;
            }

            body.Write(written == 0 ? ""u8 : ","u8);
            body.Write(line);
            written++;
        }

        body.Write("],\"next\":"u8);
        body.Write(JsonSerializer.SerializeToUtf8Bytes(next?.ToString(), options));
        body.Write("}"u8);
    }

    /// <summary>Names a parameter that cannot be read and what it must be, without quoting it.</summary>
    private static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var query = context.HttpContext.Request.Query;
        return query.TryGetValue("limit", out var limit)
            && !int.TryParse(limit.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
                ? Invalid("limit", $"must be a whole number, 1 to {MostListed}")
            : query.TryGetValue("cursor", out var cursor) && PendingPosition.Parse(cursor.ToString()) is null
                ? Invalid("cursor", "must be the next of a page")
            : next(context);

        static ValueTask<object?> Invalid(string key, string must) => new(InvalidRequest.Because(key, must));
    }

    /// <summary>One event that waits.</summary>
    public sealed record Line(
        string Connection,
        string DatasetId,
        string? EventName,
        string? EventId,
        DateTimeOffset AcceptedAt,
        int Attempts,
        DateTimeOffset? NextAttemptAt,
        bool InFlight,
        JsonElement Payload
    )
    {
        public static Line From(PendingEvent pending) =>
            new(
                pending.Destination.Connection,
                pending.Destination.DatasetId,
                pending.Event.Name,
                pending.Event.Id,
                pending.AcceptedAt,
                pending.Attempts,
                pending.IsInFlight ? null : pending.NextAttemptAt,
                pending.IsInFlight,
                pending.Payload is { } payload ? JsonElement.Parse(payload.Span, JsonLimits.Document) : Unreadable
            );
    }
}
