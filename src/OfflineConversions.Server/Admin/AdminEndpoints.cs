using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>The operator's routes under <c>/api</c>, one file per resource, with one authentication scheme.</summary>
internal static class AdminEndpoints
{
    public static void MapAdmin(this IEndpointRouteBuilder app)
    {
        // Its metric has every series from the start.
        _ = app.ServiceProvider.GetRequiredService<Audit>();
        var api = app.MapGroup("/api")
            .WithTags("Operator")
            .RequireAuthorization(OperatorAuthentication.Scheme)
            .WithMetadata(new AdminRoute())
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        api.MapGet("/backlog", async (ILedger ledger, CancellationToken cancellationToken) =>
                await ledger.BacklogAsync(cancellationToken)
            )
            .WithSummary("How much waits for delivery, by connection.");
        api.MapConnections();
        api.MapConnectionTest();
        api.MapConnectionToken();
        api.MapErasure();
        api.MapEvents();
        api.MapFailed();
        api.MapFunnel();
        api.MapImports();
        api.MapLedger();
        api.MapOutcomes();
        api.MapPending();
        api.MapPreview();
        api.MapQuality();
        api.MapReasons();
        api.MapRecovery();
        api.MapTail();
    }
}

/// <summary>Marks a route of the operator: it requires authentication, and its description says so.</summary>
internal sealed record AdminRoute;

/// <summary>The examples that the description of a route shows.</summary>
/// <param name="Response">The JSON of the response.</param>
/// <param name="Requests">Requests by what they ask for.</param>
internal sealed record ExampleRoute(string Response, params ExampleRequest[] Requests);

/// <summary>The example of a request.</summary>
/// <param name="Summary">What it asks for.</param>
/// <param name="Json">Its body.</param>
internal sealed record ExampleRequest(string Summary, string Json);
