using System.Text.Json.Serialization;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Hosting;

/// <summary>Whether the process is alive and whether it can take events. Needs no key and tells no secret.</summary>
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
                "Whether events can be taken; if not, why. Connections that are throttled, halted or paused"
                    + " are named; they do not make the service unready."
            )
            .Produces<Readiness>()
            .Produces<Readiness>(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Ready(IOutbox outbox, ConnectionStates states, IHostApplicationLifetime lifetime)
    {
        var reasons = new List<string>();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            reasons.Add("The service is stopping.");
        }

        if (outbox.Health is { Ready: false } health)
        {
            reasons.Add(health.Problem ?? "The outbox cannot take events.");
        }

        // They make nothing unready: events are taken and kept. But whoever looks here wants to know.
        var troubled = Troubled(states);
        return reasons.Count == 0
            ? Results.Ok(new Readiness("ready", reasons, troubled))
            : Results.Json(
                new Readiness("not ready", reasons, troubled),
                statusCode: StatusCodes.Status503ServiceUnavailable
            );
    }

    private static List<Trouble>? Troubled(ConnectionStates states)
    {
        var troubled = states
            .All.Where(status => status.Condition != Condition.Active)
            .Select(status => new Trouble(
                status.Connection,
                ConnectionReport.Write(status.Condition),
                status.Reason,
                status.Since
            ))
            .ToList();
        return troubled.Count > 0 ? troubled : null;
    }

    /// <summary>The answer of <c>/healthz</c>.</summary>
    public sealed record Alive(string Status);

    /// <summary>The answer of <c>/readyz</c>.</summary>
    /// <param name="Status"><c>ready</c> or <c>not ready</c>.</param>
    /// <param name="Reasons">Why it is not ready.</param>
    /// <param name="Connections">Those that are not active; absent where all are.</param>
    public sealed record Readiness(
        string Status,
        IReadOnlyList<string> Reasons,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Trouble>? Connections
    );

    /// <summary>A connection that delivers nothing, or more slowly.</summary>
    public sealed record Trouble(string Connection, string State, string? Reason, DateTimeOffset? Since);
}
