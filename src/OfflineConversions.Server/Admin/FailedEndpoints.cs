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

    private static readonly ExampleRoute Replaying = new("""{"events":1,"dryRun":false,"skipped":0}""", Selections);
    private static readonly ExampleRoute Discarding = new("""{"events":1,"dryRun":false}""", Selections);

    public static void MapFailed(this IEndpointRouteBuilder api)
    {
        api.MapFailedList();
        api.MapPost("/failed/replay", ReplayAsync)
            .WithMetadata(Replaying)
            .Produces<Resolved>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Sends selected events again, byte for byte.")
            .WithDescription(
                "They wait for delivery as if they had never been tried. `skipped` counts those that stay on the list "
                    + "because another copy of them was accepted after they had failed; a dry run does not look for "
                    + "copies."
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
        Audit audit
    ) =>
        ResolveAsync(context, bodies, writes, new(failed, audit, Resolution.Replay), request =>
            request.Connection is { } name && connections.Find(name) is null
                ? "is not configured, so replayed events would never be sent"
                : null
        );

    private static Task<IResult> DiscardAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        IFailedList failed,
        Audit audit
    ) => ResolveAsync(context, bodies, writes, new(failed, audit, Resolution.Discard), _ => null);

    private static async Task<IResult> ResolveAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        Resolving resolving,
        Func<FailedRequest, string?> connectionProblem
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

        if (connectionProblem(request) is { } problem)
        {
            return InvalidRequest.Because("connection", problem);
        }

        return request.DryRun
            ? Results.Ok(
                new Resolved(
                    await resolving.Failed.CountFailedAsync(request.Selection, context.RequestAborted),
                    DryRun: true
                )
            )
            : await writes.RespondAsync(context, ResolveAsync(context, request.Selection, resolving));
    }

    private static async Task<IResult> ResolveAsync(HttpContext context, FailedSelection selection, Resolving resolving)
    {
        var isReplay = resolving.Resolution == Resolution.Replay;
        var resolved = await resolving.Audit.RecordAsync(
            context,
            isReplay ? AuditAction.Replay : AuditAction.Discard,
            selection.Connection,
            // Finished even if the caller hangs up, like every change of an operator's.
            resolving.Failed.ResolveFailedAsync(selection, resolving.Resolution, CancellationToken.None).AsTask(),
            done => done.Events
        );
        return Results.Ok(
            new Resolved(resolved.Events, DryRun: false) { Skipped = isReplay ? resolved.Skipped : null }
        );
    }

    private sealed record Resolving(IFailedList Failed, Audit Audit, Resolution Resolution);

    /// <summary>How many events left the list, or would leave it.</summary>
    public sealed record Resolved(long Events, bool DryRun)
    {
        /// <summary>How many were not replayed, because another copy was accepted. Only after a replay.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public long? Skipped { get; init; }
    }
}
