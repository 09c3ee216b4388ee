using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Graph;
using OfflineConversions.Sandbox.Received;

namespace OfflineConversions.Sandbox;

/// <summary>A stand-in for Meta's Graph API, and the routes that show what it received. See docs/sandbox.md.</summary>
public static class SandboxEndpoints
{
    /// <summary>The types listed for the documentation would otherwise turn every other one away.</summary>
    private const string AnyType = "*/*";

    /// <summary>
    /// Adds what <see cref="MapSandbox"/> needs. Time comes from the <see cref="TimeProvider"/> of the services, else
    /// from the system.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="limits">How much to remember. Default: 100,000 events and 10,000 requests.</param>
    public static IServiceCollection AddSandbox(this IServiceCollection services, SandboxLimits? limits = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<RouteOptions>(options =>
            options.SetParameterPolicy<GraphVersionConstraint>(GraphVersionConstraint.Name)
        );
        return services
            .AddSingleton(limits ?? new())
            .AddSingleton<ReceivedEvents>()
            .AddSingleton<ReceivedRequests>()
            .AddSingleton<FaultList>()
            .AddSingleton<GraphEndpoint>();
    }

    /// <summary>
    /// Mounts Graph's route at the root and the sandbox's own under <c>/sandbox</c>. Policies added to the result hold
    /// for all of them.
    /// </summary>
    public static IEndpointConventionBuilder MapSandbox(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("").WithTags("Sandbox");

        all.MapPost(
                $"/{{version:{GraphVersionConstraint.Name}}}/{{dataset}}/events",
                (string version, string dataset, HttpContext http, GraphEndpoint graph) =>
                    graph.Post(version, dataset, http)
            )
            .WithSummary("Takes a batch of events as Meta's Graph API would.")
            .WithDescription(
                "Both the Conversions API and, up to v16.0, the legacy offline-events shape; JSON or form. Every event is taken, or none."
            )
            .Accepts<object>("application/json", "application/x-www-form-urlencoded", "multipart/form-data", AnyType)
            .Produces<GraphSuccess>()
            .Produces<GraphFailure>(StatusCodes.Status400BadRequest)
            .Produces<GraphFailure>(StatusCodes.Status401Unauthorized);

        var own = all.MapGroup("/sandbox");

        own.MapGet("/events", Events)
            .WithSummary("Shows the events taken, the newest last, duplicates marked.")
            .Produces<ReceivedEventsAnswer>()
            .ProducesValidationProblem();

        own.MapDelete("/events", ClearEvents).WithSummary("Forgets all events and requests. Faults stay.");

        own.MapGet("/requests", Requests)
            .WithSummary("Shows the calls to the Graph route, the newest last, and what became of them.")
            .Produces<ReceivedRequestsAnswer>()
            .ProducesValidationProblem();

        own.MapPost("/faults", AddFault)
            .WithSummary("Makes the next calls to the Graph route go wrong.")
            .WithDescription(
                "The first fault that fits a call is played. Without times it stays until faults are deleted."
            )
            .Accepts<FaultRequest>("application/json", AnyType)
            .Produces<Fault>(StatusCodes.Status201Created)
            .ProducesValidationProblem();

        own.MapGet("/faults", (FaultList faults) => TypedResults.Json(faults.All(), SandboxJson.Default.FaultsAnswer))
            .WithSummary("Shows the faults still to be played, in the order in which they are tried.")
            .Produces<FaultsAnswer>();

        own.MapDelete("/faults", ClearFaults).WithSummary("Forgets all faults.");

        return all;
    }

    private static Results<JsonHttpResult<ReceivedEventsAnswer>, ValidationProblem> Events(
        ReceivedEvents events,
        string? dataset,
        [FromQuery(Name = "event_name")] string? eventName,
        [FromQuery(Name = "event_id")] string? eventId,
        string? limit
    ) =>
        Limit(limit, out var count)
            ? TypedResults.Json(
                events.Find(dataset, eventName, eventId, count),
                SandboxJson.Default.ReceivedEventsAnswer
            )
            : BadLimit();

    private static Results<JsonHttpResult<ReceivedRequestsAnswer>, ValidationProblem> Requests(
        ReceivedRequests requests,
        string? limit
    ) =>
        Limit(limit, out var count)
            ? TypedResults.Json(requests.Find(count), SandboxJson.Default.ReceivedRequestsAnswer)
            : BadLimit();

    private static NoContent ClearEvents(ReceivedEvents events, ReceivedRequests requests)
    {
        events.Clear();
        requests.Clear();
        return TypedResults.NoContent();
    }

    private static async Task<Results<JsonHttpResult<Fault>, ValidationProblem>> AddFault(
        HttpContext http,
        FaultList faults
    )
    {
        FaultRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(
                http.Request.Body,
                SandboxJson.Default.FaultRequest,
                http.RequestAborted
            );
        }
        catch (JsonException unreadable)
        {
            return Refused(Member(unreadable), "is not known here or not readable.");
        }

        if (request is null)
        {
            return Refused("body", "must be a JSON object.");
        }

        return request.Problems() is { Count: > 0 } problems
            ? TypedResults.ValidationProblem(problems)
            : TypedResults.Json(
                faults.Add(request),
                SandboxJson.Default.Fault,
                statusCode: StatusCodes.Status201Created
            );
    }

    private static NoContent ClearFaults(FaultList faults)
    {
        faults.Clear();
        return TypedResults.NoContent();
    }

    private static bool Limit(string? text, out int? limit)
    {
        var known = int.TryParse(
            text,
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out var number
        );
        limit = known ? number : null;
        return known || text is null;
    }

    private static ValidationProblem BadLimit() => Refused("limit", "must be a whole number, 0 or more.");

    private static string Member(JsonException unreadable) =>
        unreadable.Path is { Length: > 2 } path ? path[2..] : "body";

    private static ValidationProblem Refused(string member, string problem) =>
        TypedResults.ValidationProblem(
            new Dictionary<string, string[]>(StringComparer.Ordinal) { [member] = [$"{member} {problem}"] }
        );
}
