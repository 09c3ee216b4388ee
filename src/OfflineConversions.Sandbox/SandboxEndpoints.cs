using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Graph;
using OfflineConversions.Sandbox.Quality;
using OfflineConversions.Sandbox.Received;
using OfflineConversions.Sandbox.Tokens;

namespace OfflineConversions.Sandbox;

/// <summary>How much the sandbox remembers. What it no longer keeps is still counted.</summary>
/// <param name="Events">How many events to keep, the newest ones. Default: 100,000.</param>
/// <param name="Requests">How many requests to keep, the newest ones. Default: 10,000.</param>
public sealed record SandboxLimits(int Events = 100_000, int Requests = 10_000);

/// <summary>
/// A stand-in for Meta's Graph API, with routes that show what it received. Described in docs/reference/sandbox.md.
/// </summary>
public static class SandboxEndpoints
{
    /// <summary>
    /// Content types listed for the OpenAPI document would make the framework refuse all others; this one admits them.
    /// </summary>
    internal const string AnyContentType = "*/*";

    /// <summary>
    /// Adds the services that <see cref="MapSandbox"/> needs. The clock is the host's <see cref="TimeProvider"/> if it
    /// registers one, otherwise the system clock.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="limits">How much to remember. Default: 100,000 events and 10,000 requests.</param>
    public static IServiceCollection AddSandbox(this IServiceCollection services, SandboxLimits? limits = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<RouteOptions>(options =>
            options.SetParameterPolicy<GraphVersionConstraint>(GraphVersionConstraint.Name)
        );
        return services
            .AddSingleton(limits ?? new())
            .AddSingleton<ReceivedEvents>()
            .AddSingleton<ReceivedRequests>()
            .AddSingleton<FaultList>()
            .AddSingleton<TokenList>()
            .AddSingleton<ReceivedCallNumbers>()
            .AddSingleton<ReadCalls>()
            .AddSingleton<DebugTokenEndpoint>()
            .AddSingleton<DatasetQualityEndpoint>()
            .AddSingleton<GraphEndpoint>();
    }

    /// <summary>
    /// Maps Graph's route at the root and the sandbox's own routes under <c>/sandbox</c>. Conventions added to the
    /// result apply to all of them.
    /// </summary>
    public static IEndpointConventionBuilder MapSandbox(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("").WithTags("Sandbox");
        all.MapPost(
                $"/{{version:{GraphVersionConstraint.Name}}}/{{dataset}}/events",
                (string version, string dataset, HttpContext http, GraphEndpoint graph) =>
                    graph.Post(version, dataset, http)
            )
            .WithSummary("Receives a batch of events as Meta's Graph API does.")
            .WithDescription(
                "Accepts the Conversions API's shape and, up to v16.0, the legacy offline-events shape, as JSON or "
                    + "as a form. Either every event is accepted or none."
            )
            .Accepts<object>(
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                AnyContentType
            )
            .Produces<SandboxSuccess>()
            .Produces<SandboxFailure>(StatusCodes.Status400BadRequest)
            .Produces<SandboxFailure>(StatusCodes.Status401Unauthorized);

        all.MapReads();
        var own = all.MapGroup("/sandbox");
        own.MapReceived();
        own.MapFaults();
        own.MapTokens();
        return all;
    }

    private static void MapReads(this IEndpointRouteBuilder all)
    {
        var graph = all.MapGroup($"/{{version:{GraphVersionConstraint.Name}}}");
        graph
            .MapGet($"/{DebugTokenEndpoint.Node}", (string version, HttpContext http, DebugTokenEndpoint endpoint) =>
                endpoint.Get(version, http)
            )
            .WithSummary("Describes a token as Meta's Graph API does.");
        graph
            .MapPost($"/{DebugTokenEndpoint.Node}", (string version, HttpContext http, DebugTokenEndpoint endpoint) =>
                endpoint.Post(version, http)
            )
            .ExcludeFromDescription();
        graph
            .MapGet(
                $"/{DatasetQualityEndpoint.Node}",
                (string version, HttpContext http, DatasetQualityEndpoint endpoint) => endpoint.Get(version, http)
            )
            .WithSummary("Scores the events of a dataset, in the form of Meta's Dataset Quality API.")
            .WithDescription("The scores are the sandbox's own: they follow the coverage of the match keys.");
        graph
            .MapGet(
                $"/{{dataset}}/{DatasetQualityEndpoint.Node}",
                (string version, HttpContext http, DatasetQualityEndpoint endpoint) => endpoint.OfEdge(version, http)
            )
            .ExcludeFromDescription();
    }
}
