using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>The operator's routes under <c>/api</c>: one file for each resource, one key for all.</summary>
internal static class AdminEndpoints
{
    public static void MapAdmin(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api")
            .WithTags("Operator")
            .AddEndpointFilter<RouteGroupBuilder, AdminKey>()
            .WithMetadata(new AdminRoute())
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        api.MapGet("/outcomes", (RecentOutcomes recent) => recent.Latest())
            .WithSummary("The latest events that were ignored or rejected, newest first.")
            .WithDescription(
                "At most 1000, of this process since its start. Says which rule stopped each event; holds "
                    + "no personal data."
            );
        api.MapGet("/backlog", async (ILedger ledger, CancellationToken cancellationToken) =>
                await ledger.BacklogAsync(cancellationToken)
            )
            .WithSummary("How much waits for delivery, by connection.");
        api.MapConnections();
        api.MapErasure();
        api.MapFailed();
        api.MapLedger();
        api.MapPreview();
    }
}

/// <summary>Marks the routes that need the operator's key, for their description.</summary>
internal sealed record AdminRoute;

/// <summary>What the description of a route shows as its body and its answer.</summary>
/// <param name="Answer">JSON.</param>
/// <param name="Requests">JSON by what it asks for.</param>
internal sealed record ExampleRoute(string Answer, params (string Summary, string Json)[] Requests);
