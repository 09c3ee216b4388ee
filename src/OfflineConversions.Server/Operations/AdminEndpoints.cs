using System.Text.Json;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Operations;

/// <summary>The operator's routes under <c>/api</c>: what waits, what failed, what was not accepted, and the preview.</summary>
public static class AdminEndpoints
{
    private const int MostFailed = 1000;

    public static void MapAdmin(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").WithTags("Operator").AddEndpointFilter<RouteGroupBuilder, AdminKey>().WithMetadata(new AdminRoute())
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        api.MapGet("/outcomes", (RecentOutcomes recent) => recent.Latest())
            .WithSummary("The latest events that were ignored or rejected, newest first.")
            .WithDescription("At most 1000, of this process since its start. Says which rule stopped each event; holds no personal data.");
        api.MapGet("/backlog", async (IOutbox outbox, CancellationToken cancellationToken) => await outbox.BacklogAsync(cancellationToken).ConfigureAwait(false))
            .WithSummary("How much waits for delivery, by connection.");
        api.MapGet("/failed", FailedAsync)
            .WithSummary("The latest events that Meta refused or that expired, newest first, hashed as they were sent.");
        api.MapPreview();
    }

    private static async Task<IReadOnlyList<Failed>> FailedAsync(IOutbox outbox, string? connection, int? limit, CancellationToken cancellationToken)
    {
        var failed = await outbox.FailedAsync(new FailedQuery(connection, Math.Clamp(limit ?? 100, 1, MostFailed)), cancellationToken).ConfigureAwait(false);
        return [.. failed.Select(Failed.From)];
    }

    /// <summary>One event of the failed list.</summary>
    public sealed record Failed(
        long Id, string Connection, string Api, string DatasetId, DateTimeOffset FailedAt, int Attempts, string Reason, int? Code, int? Subcode, string? Title, string? TraceId, JsonElement Event)
    {
        public static Failed From(FailedEvent failed) => new(
            failed.Id, failed.Destination.Connection, failed.Destination.Api.ToString(), failed.Destination.DatasetId, failed.FailedAt, failed.Attempts,
            failed.Burial.Reason, failed.Burial.Code, failed.Burial.Subcode, failed.Burial.Title, failed.Burial.TraceId, JsonElement.Parse(failed.Payload.Span));
    }
}

/// <summary>Marks the routes that need the operator's key, for their description.</summary>
public sealed record AdminRoute;
