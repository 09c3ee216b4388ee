using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Operations;

/// <summary>Whether the process is alive and whether it can take events. Needs no key and tells no secret.</summary>
public static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", () => Results.Ok(new Alive("alive")))
            .WithTags("Operations").WithSummary("Whether the process is alive.").Produces<Alive>();
        app.MapGet("/readyz", Ready)
            .WithTags("Operations").WithSummary("Whether events can be taken; if not, why.").Produces<Readiness>().Produces<Readiness>(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Ready(IOutbox outbox, IHostApplicationLifetime lifetime)
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

        return reasons.Count == 0
            ? Results.Ok(new Readiness("ready", reasons))
            : Results.Json(new Readiness("not ready", reasons), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>The answer of <c>/healthz</c>.</summary>
    public sealed record Alive(string Status);

    /// <summary>The answer of <c>/readyz</c>.</summary>
    public sealed record Readiness(string Status, IReadOnlyList<string> Reasons);
}
