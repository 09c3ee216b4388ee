using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Doctor;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/connections/{name}/token</c>: what is known about the token of a connection.</summary>
internal static class ConnectionTokenEndpoint
{
    public static void MapConnectionToken(this IEndpointRouteBuilder api)
    {
        // Its metric has every series from the start.
        _ = api.ServiceProvider.GetRequiredService<TokenMetrics>();
        api.MapGet("/connections/{name}/token", InspectAsync)
            .WithMetadata(
                new ExampleRoute(
                    """
                    {"valid":true,"expiresAt":"2027-01-20T09:00:00+00:00","scopes":["read_ads_dataset_quality"],
                     "datasets":["1000000000000002"],"source":"debug_token",
                     "message":"The token is valid until 2027-01-20."}
                    """
                )
            )
            .WithSummary("Whether the access token of a connection is valid, when it ends, and what it is for.")
            .WithDescription(
                "`source` is `debug_token` where Meta describes the token: for a token made in Events Manager, and for "
                    + "every token of an app whose `AppId` and `AppSecret` are set. Otherwise it is `proof`: an event "
                    + "that is too old shows whether Meta accepts the token, but not when it ends. `valid` is null if "
                    + "Meta cannot be reached. `datasets` are those that Meta lists, or those that the proof could "
                    + "send to; scopes do not tell whether a token may send. Each request asks Meta anew."
            )
            .Produces<TokenFinding>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> InspectAsync(
        string name,
        ConnectionRegistry connections,
        TokenInspection tokens,
        CancellationToken cancellationToken
    ) =>
        connections.Find(name) is { } connection
            ? Results.Ok(await tokens.InspectAsync(connection, cancellationToken))
            : Results.Problem("No connection of this name is configured.", statusCode: StatusCodes.Status404NotFound);
}
