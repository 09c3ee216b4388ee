using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary><c>POST /api/recovery/acknowledge</c>: an operator has seen that the outbox was recovered.</summary>
internal static class RecoveryEndpoint
{
    public static void MapRecovery(this IEndpointRouteBuilder api) =>
        api.MapPost("/recovery/acknowledge", AcknowledgeAsync)
            .WithMetadata(new ExampleRoute("""{"recoveries":1}"""))
            .Produces<Acknowledged>()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Ends the notice that a damaged outbox was recovered.")
            .WithDescription(
                "`/readyz` lists each recovery, and the gauge `offlineconversions_outbox_recovered` is 1, until this "
                    + "call, also across restarts. The response counts the recoveries that it ends; 0 if there are "
                    + "none."
            );

    private static Task<IResult> AcknowledgeAsync(
        HttpContext context,
        OperatorWrites writes,
        IRecoveryNotices notices,
        Audit audit
    ) => writes.RespondAsync(context, EndAsync(context, notices, audit));

    private static async Task<IResult> EndAsync(HttpContext context, IRecoveryNotices notices, Audit audit)
    {
        var recoveries = await audit.RecordAsync(
            context,
            AuditAction.AcknowledgeRecovery,
            connection: null,
            notices.AcknowledgeRecoveriesAsync(CancellationToken.None).AsTask(),
            _ => 0L
        );
        return Results.Ok(new Acknowledged(recoveries));
    }

    /// <summary>How many recoveries are no longer listed.</summary>
    public sealed record Acknowledged(int Recoveries);
}
