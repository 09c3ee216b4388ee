using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HostFiltering;
using OfflineConversions.Json;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.OpenApi;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// Registers and maps what operators and developers use: health, metrics, the operator's routes, the API description
/// and the banner.
/// </summary>
internal static class OperationsRegistration
{
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        // Filters apply in the order of registration, and the framework has registered its own already.
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, OutermostMiddleware>());
        services.Configure<HostFilteringOptions>(hosts => hosts.IncludeFailureMessage = false);
        services.AddProblemDetails(problems =>
            problems.CustomizeProblemDetails = problem =>
                problem.ProblemDetails.Detail ??= Explanation(problem.HttpContext.Response)
        );
        // A body that Kestrel refuses while it is read (too large, too slow, broken) is the caller's mistake: the
        // response keeps Kestrel's status, and the log has no error.
        services.Configure<ExceptionHandlerOptions>(handler =>
        {
            handler.StatusCodeSelector = thrown =>
                thrown is BadHttpRequestException refused ? refused.StatusCode
                : thrown is OutboxUnavailableException ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status500InternalServerError;
            handler.SuppressDiagnosticsCallback = handled =>
                handled.Exception is BadHttpRequestException or OutboxUnavailableException;
        });
        // Responses contain events, which may nest deeper than the serializer's default of 64 levels.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.MaxDepth = JsonLimits.MaxDepth + 10);
        // A query that cannot be read gets 400 in Development too, instead of an exception page.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = false);
        services.AddAdmin();
        services.AddSingleton<ListeningAddress>();
        services.AddSingleton<SandboxAddress>();
        services.AddHostedService<StartUpWarnings>();
        services.AddHostedService<StartUpBanner>();
        services.AddApiDescription();
        return services;
    }

    public static void MapOperations(this WebApplication app)
    {
        app.MapRoot();
        app.MapHealth();
        app.MapMetrics();
        app.MapAdmin();
        app.MapApiDescription();
    }

    /// <summary>The detail of a response that comes from no endpoint.</summary>
    private static string? Explanation(HttpResponse refused) =>
        refused.StatusCode switch
        {
            StatusCodes.Status400BadRequest
                when refused.HttpContext.GetEndpoint() is null
                    && refused.HttpContext.Features.Get<IExceptionHandlerFeature>() is null =>
                "The Host header names none of the hosts in the setting AllowedHosts.",
            StatusCodes.Status404NotFound => "Nothing is served at this path. The operator's /swagger lists the paths.",
            StatusCodes.Status405MethodNotAllowed => $"This path accepts only {refused.Headers.Allow}.",
            _ => null,
        };
}
