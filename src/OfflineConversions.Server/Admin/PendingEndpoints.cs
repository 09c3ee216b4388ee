using System.Text.Json.Serialization;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// <c>/api/pending</c>: the events that wait for delivery. They can be listed, moved to another dataset and given up.
/// </summary>
internal static class PendingEndpoints
{
    private const string Counting =
        " Send `dryRun: true` first to count the events. Events in flight (`inFlight`) stay where they are; repeat the "
        + "request for them. When nothing waits in the dataset any more, its halt ends.";

    private static readonly ExampleRoute Redirecting = new(
        """{"events":50,"dryRun":false,"inFlight":0,"duplicates":2}""",
        new(
            "Counted only",
            """
            {"connection":"stores","fromDatasetId":"1000000000000002","toDatasetId":"1000000000000003","dryRun":true}
            """
        ),
        new("Moved", """{"connection":"stores","fromDatasetId":"1000000000000002","toDatasetId":"1000000000000003"}""")
    );

    private static readonly ExampleRoute Discarding = new(
        """{"events":50,"dryRun":false,"inFlight":0}""",
        new("Counted only", """{"connection":"stores","datasetId":"1000000000000002","dryRun":true}"""),
        new("Discarded", """{"connection":"stores","datasetId":"1000000000000002"}""")
    );

    public static void MapPending(this IEndpointRouteBuilder api)
    {
        api.MapPendingList();
        api.MapPost("/pending/redirect", RedirectAsync)
            .WithMetadata(Redirecting)
            .Produces<Changed>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Sends the events that wait for a dataset to another one, byte for byte.")
            .WithDescription(
                "They are due at once, as if they had never been tried. Correct the dataset id in the configuration "
                    + "first: events that arrive meanwhile stay. `duplicates` counts events that were accepted for "
                    + "the new dataset already; they are dropped, and the ledger counts them as discarded. A dry run "
                    + "does not look for them."
                    + Counting
            );
        api.MapPost("/pending/discard", DiscardAsync)
            .WithMetadata(Discarding)
            .Produces<Changed>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Deletes the events that wait for a dataset.")
            .WithDescription(
                "The ledger counts them as discarded, and their deduplication keys are released. There is no undo."
                    + Counting
            );
    }

    private static async Task<IResult> RedirectAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        ConnectionRegistry connections,
        PendingChanges changes,
        Audit audit
    )
    {
        var ((request, invalid), refused) = await OperatorBody.ReadAsync(context, bodies, RedirectRequest.Read);
        if (refused is not null)
        {
            return refused;
        }

        if (request is null)
        {
            return InvalidRequest.Because(invalid.Key, invalid.Message);
        }

        if (connections.Find(request.Connection!) is not { } connection)
        {
            return InvalidRequest.Because("connection", "is not configured, so redirected events would never be sent");
        }

        var scope = new PendingScope(connection.Name, request.FromDatasetId!);
        return await RespondAsync(
            context,
            writes,
            request.DryRun
                ? changes.CountAsync(scope, context.RequestAborted)
                : audit.RecordAsync(
                    context,
                    AuditAction.Redirect,
                    connection.Name,
                    changes.RedirectAsync(connection, scope, request.ToDatasetId!),
                    done => done.Events
                )
        );
    }

    private static async Task<IResult> DiscardAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        ConnectionRegistry connections,
        PendingChanges changes,
        Audit audit
    )
    {
        var ((request, invalid), refused) = await OperatorBody.ReadAsync(context, bodies, DiscardRequest.Read);
        if (refused is not null)
        {
            return refused;
        }

        if (request is null)
        {
            return InvalidRequest.Because(invalid.Key, invalid.Message);
        }

        // Events of a connection that is no longer configured can be discarded too.
        var name = connections.Find(request.Connection!)?.Name ?? request.Connection!;
        var scope = new PendingScope(name, request.DatasetId!);
        return await RespondAsync(
            context,
            writes,
            request.DryRun
                ? changes.CountAsync(scope, context.RequestAborted)
                : audit.RecordAsync(context, AuditAction.Discard, name, changes.DiscardAsync(scope), done =>
                    done.Events
                )
        );
    }

    private static Task<IResult> RespondAsync(HttpContext context, OperatorWrites writes, Task<Changed> changing) =>
        writes.RespondAsync(context, OkAsync(changing));

    private static async Task<IResult> OkAsync(Task<Changed> changing) => Results.Ok(await changing);

    /// <summary>How many events were moved or discarded, or would be.</summary>
    /// <param name="Events">The events.</param>
    /// <param name="DryRun">Whether they were only counted.</param>
    /// <param name="InFlight">The events that are being sent, and stay.</param>
    public sealed record Changed(long Events, bool DryRun, long InFlight)
    {
        /// <summary>How many were dropped, because the new dataset has them already. Only after a redirect.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public long? Duplicates { get; init; }
    }
}
