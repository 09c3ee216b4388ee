using System.Text.Json.Serialization;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Hosting;

/// <summary>Whether the process is alive, and whether it can accept events. Needs no key; contains no secret.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", () => Results.Ok(new Alive("alive")))
            .WithTags("Operations")
            .WithSummary("Whether the process is alive.")
            .Produces<Alive>();
        app.MapGet("/readyz", Ready)
            .WithTags("Operations")
            .WithSummary(
                "Whether events can be accepted and, if not, why. Connections that are throttled, halted or paused "
                    + "are listed, and so is a recovery of a damaged outbox that was not acknowledged; they do not "
                    + "make the service unready."
            )
            .Produces<Readiness>()
            .Produces<Readiness>(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Ready(
        IOutbox outbox,
        ConnectionStates states,
        ConnectionRegistry connections,
        ConnectionReport report,
        GraphVersions versions,
        IRecoveryNotices notices,
        IHostApplicationLifetime lifetime
    )
    {
        var reasons = new List<string>();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            reasons.Add("The service is stopping.");
        }

        if (outbox.Health is { Ready: false } health)
        {
            reasons.Add(health.Problem ?? "The outbox cannot accept events.");
        }

        var troubled = Troubled(states, connections, report);
        var warnings = versions.Warnings is { Count: > 0 } any ? any : null;
        var recoveries = notices.Recoveries is { Count: > 0 } some ? some : null;
        return reasons.Count == 0
            ? Results.Ok(new Readiness("ready", reasons, troubled, warnings, recoveries))
            : Results.Json(
                new Readiness("not ready", reasons, troubled, warnings, recoveries),
                statusCode: StatusCodes.Status503ServiceUnavailable
            );
    }

    private static List<Trouble>? Troubled(
        ConnectionStates states,
        ConnectionRegistry connections,
        ConnectionReport report
    )
    {
        var troubled = states
            .All.Where(status => status.Condition != Condition.Active)
            .Select(status => new Trouble(
                status.Connection,
                ConnectionReport.Write(status.Condition),
                status.Reason,
                status.Since,
                report.Detail(status, connections.Find(status.Connection)),
                ConnectionReport.Explain(status)?.Meaning,
                ConnectionReport.Explain(status)?.Remedy
            ))
            .ToList();
        return troubled.Count > 0 ? troubled : null;
    }

    /// <summary>The response of <c>/healthz</c>.</summary>
    public sealed record Alive(string Status);

    /// <summary>The response of <c>/readyz</c>.</summary>
    /// <param name="Status"><c>ready</c> or <c>not ready</c>.</param>
    /// <param name="Reasons">Why it is not ready.</param>
    /// <param name="Connections">The connections that are not active; absent if all are active.</param>
    /// <param name="Warnings">What the operator should change soon; absent if nothing.</param>
    /// <param name="Recoveries">Recoveries of the outbox that were not acknowledged; absent if there are none.</param>
    public sealed record Readiness(
        string Status,
        IReadOnlyList<string> Reasons,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Trouble>? Connections,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
            IReadOnlyList<RecoveryNotice>? Recoveries
    );

    /// <summary>A connection that is throttled, halted or paused. It still accepts events.</summary>
    public sealed record Trouble(
        string Connection,
        string State,
        string? Reason,
        DateTimeOffset? Since,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Meaning,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Remedy
    );
}
