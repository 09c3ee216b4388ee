using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using OfflineConversions.Json;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/failed</c>: the failed list in pages.</summary>
internal static class FailedList
{
    /// <summary>The most events of a page, also if <c>limit</c> asks for more.</summary>
    public const int MostListed = 1000;

    /// <summary>
    /// The most bytes of a page. An event can be as large as a body, so that a page of many would fill the memory. An
    /// event that is larger is a page on its own.
    /// </summary>
    public const int MostBytes = 8 * 1024 * 1024;

    /// <summary>At least what follows the last event of a page.</summary>
    private const int EndBytes = 64;

    private const int ListedByDefault = 100;

    private static readonly HashSet<string> Conditions = new(
        ["connection", "reason", "since", "until", "from", "to", "limit"],
        StringComparer.OrdinalIgnoreCase
    );

    private static readonly ExampleRoute Listing = new(
        """
        [{"id":17,"connection":"stores","api":"ConversionsApi","datasetId":"1000000000000002","eventId":"order-1",
         "eventName":"Purchase","failedAt":"2026-11-21T12:00:00+00:00",
          "attempts":1,"reason":"refused_by_meta","code":100,"subcode":2804009,"title":"Purchase without value",
           "traceId":"A1b2C3","field":"custom_data.value",
          "remedy":"Fix the field at the source. Replay the event only if the cause was at Meta.",
          "event":{"event_name":"Purchase","event_time":1795262400,"event_id":"order-1",
           "action_source":"physical_store","user_data":{"em":["…"]}}}]
        """
    );

    public static void MapFailedList(this IEndpointRouteBuilder api) =>
        api.MapGet("/failed", ListAsync)
            .AddEndpointFilter(FailedPage.CheckAsync)
            .WithMetadata(Listing)
            .WithSummary("The events that Meta refused or that expired, newest first, hashed as they were sent.")
            .WithDescription(
                $"A page has `limit` events (default {ListedByDefault}, at most {MostListed}), and ends early where it "
                    + "would be larger than 8 MiB. The `Link` header of a response names the next page. With `cursor` "
                    + "(empty for the first page), the response is `{\"items\":[…],\"next\":…}`: `next` is the "
                    + "`cursor` of the next page, or null. `since` (inclusive) and `until` (exclusive), or `from` and "
                    + "`to`, refer to the time of failure. `code`, `subcode` and "
                    + "`traceId` (`fbtrace_id`) are Meta's; `title` explains them in the service's own words, and "
                    + "`field` is the path of the field that they name. `remedy` says what to do."
            )
            .Produces<IReadOnlyList<Line>>()
            .ProducesValidationProblem();

    private static async Task<IResult> ListAsync(
        HttpContext context,
        IFailedList failed,
        IOptions<JsonOptions> json,
        string? connection,
        string? reason,
        DateTimeOffset? since,
        DateTimeOffset? until,
        DateTimeOffset? from,
        DateTimeOffset? to,
        long? before,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var most = Math.Clamp(limit ?? ListedByDefault, 1, MostListed);
        var query = new FailedQuery(connection, most)
        {
            Reason = reason,
            Since = since ?? from,
            Until = until ?? to,
            Before = string.IsNullOrEmpty(cursor) ? before : long.Parse(cursor, CultureInfo.InvariantCulture),
            MostBytes = MostBytes,
        };
        var page = await failed.FailedAsync(query, cancellationToken);
        using var body = new MemoryStream();

        // Without a cursor the body is the list alone, as it was before there were cursors.
        body.Write(cursor is null ? ""u8 : """{"items":"""u8);
        var written = Write(body, page, json.Value.SerializerOptions);
        var isCut = written < page.Count || page.Sum(one => (long)one.Payload.Length) >= MostBytes;
        var last = isCut || page.Count == most ? page[written - 1].Id.ToString(CultureInfo.InvariantCulture) : null;
        if (last is not null)
        {
            var next = NextPage(context.Request, cursor is null ? nameof(before) : nameof(cursor), last);
            context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        }

        if (cursor is not null)
        {
            body.Write(Encoding.ASCII.GetBytes(last is null ? ",\"next\":null}" : $",\"next\":\"{last}\"}}"));
        }

        return Results.Bytes(body.ToArray(), "application/json; charset=utf-8");
    }

    /// <summary>Writes as many events as a page may have bytes, but at least one.</summary>
    /// <returns>How many there are.</returns>
    private static int Write(MemoryStream body, IReadOnlyList<FailedEvent> page, JsonSerializerOptions options)
    {
        var written = 0;
        body.Write("["u8);
        foreach (var failed in page)
        {
            // Escapes can make an event longer than its payload.
            var line = JsonSerializer.SerializeToUtf8Bytes(Line.From(failed), options);
            if (written > 0 && body.Length + line.Length + EndBytes > MostBytes)
            {
                break;
            }

            body.Write(written == 0 ? ""u8 : ","u8);
            body.Write(line);
            written++;
        }

        body.Write("]"u8);
        return written;
    }

    private static string NextPage(HttpRequest request, string place, string last)
    {
        // Unknown parameters are not repeated: one of them could be a key that is there by mistake.
        var query = new QueryBuilder(request.Query.Where(part => Conditions.Contains(part.Key))) { { place, last } };
        return request.PathBase + request.Path + query.ToQueryString();
    }

    /// <summary>One event of the failed list.</summary>
    public sealed record Line(
        long Id,
        string Connection,
        string Api,
        string DatasetId,
        string? EventId,
        string? EventName,
        DateTimeOffset FailedAt,
        int Attempts,
        string Reason,
        int? Code,
        int? Subcode,
        string? Title,
        string? TraceId,
        string? Field,
        string? Remedy,
        JsonElement Event
    )
    {
        public static Line From(FailedEvent failed)
        {
            var payload = JsonElement.Parse(failed.Payload.Span, JsonLimits.Document);
            var (to, burial) = (failed.Destination, failed.Burial);
            return new Line(
                failed.Id,
                to.Connection,
                to.Api.ToString(),
                to.DatasetId,
                Text(payload, "event_id"),
                Text(payload, "event_name"),
                failed.FailedAt,
                failed.Attempts,
                burial.Reason,
                burial.Code,
                burial.Subcode,
                burial.Title,
                burial.TraceId,
                burial.Field,
                ReasonCatalogue.OfDelivery(burial.Reason)?.Remedy,
                payload
            );
        }

        private static string? Text(JsonElement payload, string name) =>
            payload.ValueKind == JsonValueKind.Object
            && payload.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }
}
