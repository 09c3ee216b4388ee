using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Extensions;
using OfflineConversions.Json;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary><c>/api/failed</c>: what Meta refused or took too long to take, and the two ways out.</summary>
internal static class FailedEndpoints
{
    /// <summary>The most events of a page. Who asks for more gets as many.</summary>
    public const int MostListed = 1000;

    private static readonly HashSet<string> Conditions = new(
        ["connection", "reason", "since", "until", "limit"],
        StringComparer.OrdinalIgnoreCase
    );
    private const string Selecting =
        " Send `dryRun: true` first to learn how many that would be. At least one condition is needed, or "
        + "`all: true`; several narrow the choice.";

    private static readonly ExampleRoute Resolving = new(
        """{"events":1,"dryRun":false}""",
        ("By number", """{"ids":[17]}"""),
        (
            "By condition, counted only",
            """
            {"connection":"stores","reason":"refused_by_meta",
             "since":"2026-11-21T00:00:00Z","until":"2026-11-22T00:00:00Z","dryRun":true}
            """
        ),
        ("All", """{"all":true}""")
    );

    private static readonly ExampleRoute Listing = new(
        """
        [{"id":17,"connection":"stores","api":"ConversionsApi","datasetId":"1000000000000002","eventId":"order-1",
         "eventName":"Purchase","failedAt":"2026-11-21T12:00:00+00:00",
          "attempts":1,"reason":"refused_by_meta","code":100,"subcode":2804009,"title":"Purchase without value",
           "traceId":"A1b2C3",
          "event":{"event_name":"Purchase","event_time":1795262400,"event_id":"order-1",
           "action_source":"physical_store","user_data":{"em":["…"]}}}]
        """
    );

    public static void MapFailed(this IEndpointRouteBuilder api)
    {
        api.MapGet("/failed", ListAsync)
            .AddEndpointFilter(FailedPage.CheckAsync)
            .WithMetadata(Listing)
            .WithSummary("The events that Meta refused or that expired, newest first, hashed as they were sent.")
            .WithDescription(
                $"`limit` (default 100, at most {MostListed}) events a page; the `Link` header of an answer "
                    + "names the next page. `since` (inclusive) and `until` (exclusive) speak of the time of "
                    + "failure. `code`, `subcode` and `traceId` (`fbtrace_id`) are Meta's; `title` explains them "
                    + "in the service's own words."
            )
            .Produces<IReadOnlyList<Line>>()
            .ProducesValidationProblem();
        api.MapPost("/failed/replay", ReplayAsync)
            .WithMetadata(Resolving)
            .Produces<Resolved>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Sends selected events again, byte for byte.")
            .WithDescription("They wait for delivery as if never tried." + Selecting);
        api.MapPost("/failed/discard", DiscardAsync)
            .WithMetadata(Resolving)
            .Produces<Resolved>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Gives selected events up for good.")
            .WithDescription("The ledger counts them as discarded." + Selecting);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context,
        IFailedList failed,
        string? connection,
        string? reason,
        DateTimeOffset? since,
        DateTimeOffset? until,
        long? before,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var most = Math.Clamp(limit ?? 100, 1, MostListed);
        var query = new FailedQuery(connection, most)
        {
            Reason = reason,
            Since = since,
            Until = until,
            Before = before,
        };
        var page = await failed.FailedAsync(query, cancellationToken);
        if (page.Count == most)
        {
            context.Response.Headers.Link = $"<{NextPage(context.Request, page[^1].Id)}>; rel=\"next\"";
        }

        return Results.Ok(page.Select(Line.From));
    }

    private static Task<IResult> ReplayAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        IFailedList failed,
        ConnectionRegistry connections
    ) =>
        ResolveAsync(context, bodies, writes, failed, Resolution.Replay, request =>
            request.Connection is { } name && connections.Find(name) is null
                ? "is not configured: what is replayed for it would wait for ever"
                : null
        );

    private static Task<IResult> DiscardAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        IFailedList failed
    ) => ResolveAsync(context, bodies, writes, failed, Resolution.Discard, _ => null);

    private static async Task<IResult> ResolveAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        IFailedList failed,
        Resolution resolution,
        Func<FailedRequest, string?> problem
    )
    {
        var ((request, invalid), refused) = await OperatorBody.ReadAsync(context, bodies, FailedRequest.Read);
        if (refused is not null)
        {
            return refused;
        }

        if (request is null)
        {
            return Invalid(invalid.Key, invalid.Message);
        }

        if (problem(request) is { } refusal)
        {
            return Invalid("connection", refusal);
        }

        return request.DryRun
            ? Results.Ok(
                new Resolved(await failed.CountFailedAsync(request.Selection, context.RequestAborted), DryRun: true)
            )
            : await writes.AnswerAsync(
                context,
                ResolveAsync(failed, request.Selection, resolution, context.RequestAborted)
            );
    }

    private static async Task<IResult> ResolveAsync(
        IFailedList failed,
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    ) =>
        Results.Ok(
            new Resolved(await failed.ResolveFailedAsync(selection, resolution, cancellationToken), DryRun: false)
        );

    private static IResult Invalid(string key, string message) =>
        Results.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [key] = [message] });

    private static string NextPage(HttpRequest request, long last)
    {
        // Only what was understood: a stranger's parameters, such as a key that was put there by mistake, are not
        // repeated.
        var query = new QueryBuilder(request.Query.Where(part => Conditions.Contains(part.Key)))
        {
            { "before", last.ToString(CultureInfo.InvariantCulture) },
        };
        return request.PathBase + request.Path + query.ToQueryString();
    }

    /// <summary>How many events left the list, or would.</summary>
    public sealed record Resolved(long Events, bool DryRun);

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
                payload
            );
        }

        private static string? Text(JsonElement payload, string name) =>
            payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }
}
