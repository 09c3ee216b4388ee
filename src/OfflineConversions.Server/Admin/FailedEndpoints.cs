using System.Text.Json.Serialization;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// <c>/api/failed</c>: the events that Meta refused or that expired. They can be listed, replayed and discarded.
/// </summary>
internal static class FailedEndpoints
{
    private const string Selecting =
        " Send `dryRun: true` first to count the events. At least one condition is required, or `all: true`; several "
        + "conditions select the events that satisfy all of them.";

    private static readonly ExampleRequest[] Selections =
    [
        new("By id", """{"ids":[17]}"""),
        new(
            "By condition, counted only",
            """
            {"connection":"stores","reason":"refused_by_meta",
             "since":"2026-11-21T00:00:00Z","until":"2026-11-22T00:00:00Z","dryRun":true}
            """
        ),
        new("All", """{"all":true}"""),
    ];

    private static readonly ExampleRoute Replaying = new(
        """{"events":1,"dryRun":false,"skipped":0}""",
        [
            .. Selections,
            new(
                "To another dataset",
                """{"connection":"stores","reason":"refused_by_meta","toDatasetId":"1000000000000003"}"""
            ),
        ]
    );

    private static readonly ExampleRoute Discarding = new("""{"events":1,"dryRun":false}""", Selections);

    public static void MapFailed(this IEndpointRouteBuilder api)
    {
        api.MapFailedList();
        api.MapFailedCauses();
        api.MapPost("/failed/replay", ReplayAsync)
            .WithMetadata(Replaying)
            .Produces<Resolved>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Sends selected events again, byte for byte.")
            .WithDescription(
                "They wait for delivery as if they had never been tried. `skipped` counts those that stay on the list "
                    + "because another copy of them was accepted after they had failed; a dry run does not look for "
                    + "copies. `toDatasetId` sends the events of a `connection` to another dataset instead of their "
                    + "own."
                    + Selecting
            );
        api.MapPost("/failed/discard", DiscardAsync)
            .WithMetadata(Discarding)
            .Produces<Resolved>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Deletes selected events.")
            .WithDescription("The ledger counts them as discarded." + Selecting);
    }

    private static Task<IResult> ReplayAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        IFailedList failed,
        ConnectionRegistry connections,
        FailedChanges changes,
        Audit audit
    )
    {
        var resolving = new Resolving(
            AuditAction.Replay,
            request => ProblemOf(request, connections),
            request => changes.ReplayAsync(request.Selection, request.ToDatasetId)
        );
        return ResolveAsync(context, bodies, writes, failed, audit, resolving);
    }

    private static Task<IResult> DiscardAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        IFailedList failed,
        FailedChanges changes,
        Audit audit
    )
    {
        var resolving = new Resolving(
            AuditAction.Discard,
            request => request.ToDatasetId is null ? null : new RequestProblem("toDatasetId", "is for a replay"),
            request => changes.DiscardAsync(request.Selection)
        );
        return ResolveAsync(context, bodies, writes, failed, audit, resolving);
    }

    private static RequestProblem? ProblemOf(FailedRequest request, ConnectionRegistry connections) =>
        request.Connection is { } name && connections.Find(name) is null
            ? new RequestProblem("connection", "is not configured, so replayed events would never be sent")
        : request.ToDatasetId is not { } dataset ? null
        : request.Connection is null
            ? new RequestProblem("toDatasetId", "needs a connection: a dataset belongs to one token")
        : RequestProblem.OfDataset("toDatasetId", dataset);

    private static async Task<IResult> ResolveAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        IFailedList failed,
        Audit audit,
        Resolving resolving
    )
    {
        var ((request, invalid), refused) = await OperatorBody.ReadAsync(context, bodies, FailedRequest.Read);
        if (refused is not null)
        {
            return refused;
        }

        if (request is null)
        {
            return InvalidRequest.Because(invalid.Key, invalid.Message);
        }

        if (resolving.ProblemOf(request) is { } problem)
        {
            return InvalidRequest.Because(problem.Key, problem.Message);
        }

        return request.DryRun
            ? Results.Ok(
                new Resolved(await failed.CountFailedAsync(request.Selection, context.RequestAborted), DryRun: true)
            )
            : await writes.RespondAsync(context, ResolveAsync(context, request, audit, resolving));
    }

    private static async Task<IResult> ResolveAsync(
        HttpContext context,
        FailedRequest request,
        Audit audit,
        Resolving resolving
    )
    {
        var resolved = await audit.RecordAsync(
            context,
            resolving.Action,
            request.Connection,
            resolving.WorkAsync(request),
            done => done.Events
        );
        return Results.Ok(
            new Resolved(resolved.Events, DryRun: false)
            {
                Skipped = resolving.Action == AuditAction.Replay ? resolved.Skipped : null,
            }
        );
    }

    /// <summary>How the selected events leave the list.</summary>
    /// <param name="Action">One of <see cref="AuditAction"/>.</param>
    /// <param name="ProblemOf">What is wrong with a request; null if nothing.</param>
    /// <param name="WorkAsync">Does it.</param>
    private sealed record Resolving(
        string Action,
        Func<FailedRequest, RequestProblem?> ProblemOf,
        Func<FailedRequest, Task<ResolvedEvents>> WorkAsync
    );

    /// <summary>How many events left the list, or would leave it.</summary>
    public sealed record Resolved(long Events, bool DryRun)
    {
        /// <summary>How many were not replayed, because another copy was accepted. Only after a replay.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public long? Skipped { get; init; }
    }
}
