using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;

namespace OfflineConversions.Server.Admin;

/// <summary><c>/api/connections</c>: the state of each connection, and how to pause and resume it.</summary>
internal static class ConnectionEndpoints
{
    private static string Halted(string source) =>
        $$$"""
            {"name":"stores","source":"{{{source}}}","state":"halted","reason":"token_invalid",
             "since":"2026-11-21T12:00:00+00:00","until":"2026-11-21T12:00:30+00:00",
             "pending":50,"pendingBytes":41200,"oldestAgeSeconds":31.5,"lastSuccess":"2026-11-21T11:59:58+00:00",
              "inFlight":0,"haltedDatasets":{},"detail":null,
              "meaning":"The access token has expired, was revoked or is wrong.",
              "remedy":"Generate a system user's token and set `AccessToken`."}
            """;

    private static string Paused(string source) =>
        $$$"""
            {"name":"stores","source":"{{{source}}}","state":"paused","reason":"paused_by_operator",
             "since":"2026-11-21T12:00:00+00:00","until":null,
             "pending":3,"pendingBytes":2480,"oldestAgeSeconds":1.2,"lastSuccess":"2026-11-21T11:59:58+00:00",
              "inFlight":0,"haltedDatasets":{},"detail":null,
              "meaning":"An operator paused the connection.",
              "remedy":"Resume it before Meta's acceptance window closes."}
            """;

    private static string Active(string source) =>
        $$$"""
            {"name":"stores","source":"{{{source}}}","state":"active","reason":null,"since":null,"until":null,
             "pending":0,"pendingBytes":0,"oldestAgeSeconds":null,"lastSuccess":"2026-11-21T11:59:58+00:00",
              "inFlight":0,"haltedDatasets":{},"detail":null,
              "meaning":null,
              "remedy":null}
            """;

    public static void MapConnections(this IEndpointRouteBuilder api)
    {
        var source = api.ServiceProvider.GetRequiredService<ISourceRegistry>().Sources.Names.First();
        api.MapGet("/connections", (ConnectionReport report, CancellationToken cancellationToken) =>
                report.AllAsync(cancellationToken)
            )
            .WithMetadata(new ExampleRoute($"[{Halted(source)}]"))
            .WithSummary("The state of each connection.")
            .WithDescription(
                "`active`: it delivers. `throttled`: it waits until a time, because Meta asked for it or does not "
                    + "respond. `halted`: Meta refuses a setting; the connection or the listed datasets keep their "
                    + "events and are probed until it works. `paused`: an operator paused it. `unconfigured`: it is "
                    + "no longer in the configuration, and its events wait until it is again."
            );
        api.MapPost("/connections/{name}/pause", PauseAsync)
            .WithMetadata(new ExampleRoute(Paused(source)))
            .WithSummary("Pauses the delivery of a connection until it is resumed, also across restarts.")
            .WithDescription("Requests in flight finish. Events are still accepted and kept.")
            .Produces<ConnectionReport.Line>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapPost("/connections/{name}/resume", ResumeAsync)
            .WithMetadata(new ExampleRoute(Active(source)))
            .WithSummary("Ends a pause, and probes a halted connection at once.")
            .WithDescription(
                "A connection halted because too many events were refused (`too_many_refused`) continues without a "
                    + "probe, and refused events move to the failed list. A wait that Meta asked for remains."
            )
            .Produces<ConnectionReport.Line>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Task<IResult> PauseAsync(
        string name,
        HttpContext context,
        OperatorWrites writes,
        ConnectionRegistry connections,
        ConnectionControl control,
        ConnectionReport report,
        Audit audit
    ) =>
        ChangeAsync(context, writes, connections.Find(name), report, connection =>
            audit.RecordAsync(
                context,
                AuditAction.Pause,
                connection,
                control.PauseAsync(connection, CancellationToken.None)
            )
        );

    private static Task<IResult> ResumeAsync(
        string name,
        HttpContext context,
        OperatorWrites writes,
        ConnectionRegistry connections,
        ConnectionControl control,
        ConnectionReport report,
        Audit audit
    ) =>
        ChangeAsync(context, writes, connections.Find(name), report, connection =>
            audit.RecordAsync(
                context,
                AuditAction.Resume,
                connection,
                control.ResumeAsync(connection, CancellationToken.None)
            )
        );

    private static async Task<IResult> ChangeAsync(
        HttpContext context,
        OperatorWrites writes,
        Connection? connection,
        ConnectionReport report,
        Func<string, Task> change
    ) =>
        connection is null
            ? Results.Problem("No connection of this name is configured.", statusCode: StatusCodes.Status404NotFound)
            : await writes.RespondAsync(context, ChangeAsync(connection, report, change, context.RequestAborted));

    private static async Task<IResult> ChangeAsync(
        Connection connection,
        ConnectionReport report,
        Func<string, Task> change,
        CancellationToken cancellationToken
    )
    {
        // The change is finished even if the caller hangs up; only the report is not read then.
        await change(connection.Name);
        return Results.Ok(await report.OfAsync(connection, cancellationToken));
    }
}
