using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;

namespace OfflineConversions.Sandbox.Faults;

/// <summary>The routes that set, list and delete faults.</summary>
internal static class FaultEndpoints
{
    public static void MapFaults(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/faults", Add)
            .WithSummary("Makes the next calls to the Graph route fail.")
            .WithDescription(
                "The first fault that matches a call is played. Without `times` it stays until the faults are deleted."
            )
            .Accepts<FaultRequest>("application/json", SandboxEndpoints.AnyContentType)
            .Produces<Fault>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .AddOpenApiOperationTransformer(
                (operation, _, _) =>
                {
                    operation.RequestBody?.Content?["application/json"].Examples = Examples();
                    return Task.CompletedTask;
                }
            );

        routes
            .MapGet("/faults", (FaultList faults) =>
                TypedResults.Json(faults.All(), SandboxJson.Default.FaultsResponse)
            )
            .WithSummary("Lists the faults still to be played, in the order in which they are tried.")
            .Produces<FaultsResponse>();

        routes.MapDelete("/faults", Clear).WithSummary("Deletes all faults.");
    }

    private static async Task<Results<JsonHttpResult<Fault>, ValidationProblem>> Add(HttpContext http, FaultList faults)
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
            return SandboxProblem.For(Member(unreadable), "is unknown or cannot be read.");
        }

        if (request is null)
        {
            return SandboxProblem.For("body", "must be a JSON object.");
        }

        return FaultValidation.Problems(request) is { Count: > 0 } problems
            ? TypedResults.ValidationProblem(problems)
            : TypedResults.Json(
                faults.Add(request),
                SandboxJson.Default.Fault,
                statusCode: StatusCodes.Status201Created
            );
    }

    private static NoContent Clear(FaultList faults)
    {
        faults.Clear();
        return TypedResults.NoContent();
    }

    private static string Member(JsonException unreadable) =>
        unreadable.Path is { Length: > 2 } path ? path[2..] : "body";

    private static Dictionary<string, IOpenApiExample> Examples() =>
        new(StringComparer.Ordinal)
        {
            ["throttled"] = Example(
                "Meta throttles the next three calls.",
                """{"times":3,"code":613,"isTransient":true}"""
            ),
            ["expiredToken"] = Example("An access token has expired.", """{"deadToken":"my-access-token"}"""),
            ["badEvent"] = Example(
                "Meta refuses one event, and so every batch that contains it.",
                """{"code":100,"subcode":2804019,"eventId":"order-1"}"""
            ),
            ["unavailable"] = Example("Meta is down for the next two calls.", """{"times":2,"status":503}"""),
            ["lostResponse"] = Example(
                "Meta accepts one batch, but its response is lost.",
                """{"times":1,"drop":"after"}"""
            ),
        };

    private static OpenApiExample Example(string summary, string json) =>
        new() { Summary = summary, Value = JsonNode.Parse(json) };
}
