using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace OfflineConversions.Sandbox.Received;

/// <summary>The routes that show what the sandbox received.</summary>
internal static class ReceivedEndpoints
{
    public static void MapReceived(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/events", Events)
            .WithSummary("Shows the accepted events, newest last, with duplicates marked.")
            .Produces<ReceivedEventsResponse>()
            .ProducesValidationProblem();

        routes.MapDelete("/events", Clear).WithSummary("Deletes all events and requests. Faults are kept.");

        routes
            .MapGet("/requests", Requests)
            .WithSummary("Shows the calls to the Graph route and their outcomes, newest last.")
            .Produces<ReceivedRequestsResponse>()
            .ProducesValidationProblem();
    }

    private static Results<JsonHttpResult<ReceivedEventsResponse>, ValidationProblem> Events(
        ReceivedEvents events,
        string? dataset,
        [FromQuery(Name = "event_name")] string? eventName,
        [FromQuery(Name = "event_id")] string? eventId,
        string? limit
    ) =>
        TryParseLimit(limit, out var count)
            ? TypedResults.Json(
                events.Find(dataset, eventName, eventId, count),
                SandboxJson.Default.ReceivedEventsResponse
            )
            : BadLimit();

    private static Results<JsonHttpResult<ReceivedRequestsResponse>, ValidationProblem> Requests(
        ReceivedRequests requests,
        string? limit
    ) =>
        TryParseLimit(limit, out var count)
            ? TypedResults.Json(requests.Find(count), SandboxJson.Default.ReceivedRequestsResponse)
            : BadLimit();

    private static NoContent Clear(ReceivedEvents events, ReceivedRequests requests)
    {
        events.Clear();
        requests.Clear();
        return TypedResults.NoContent();
    }

    private static bool TryParseLimit(string? text, out int? limit)
    {
        var parsed = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        limit = parsed ? number : null;
        return parsed || text is null;
    }

    private static ValidationProblem BadLimit() => SandboxProblem.For("limit", "must be a whole number, 0 or more.");
}
