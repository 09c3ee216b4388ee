using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HostFiltering;
using OfflineConversions.Json;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.OpenApi;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// What the operator and the developer need: health, metrics, the operator's routes, the description and the banner.
/// </summary>
internal static class OperationsRegistration
{
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        // The filters are applied in order, and the framework's stand in the list already.
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, OutermostMiddleware>());
        services.Configure<HostFilteringOptions>(hosts => hosts.IncludeFailureMessage = false);
        services.AddProblemDetails(problems =>
            problems.CustomizeProblemDetails = problem =>
                problem.ProblemDetails.Detail ??= WhatToMend(problem.HttpContext.Response)
        );
        // What Kestrel refuses while a body is read (too large, too slow, broken) is the caller's mistake: it keeps its
        // status, and is no error in the log.
        services.Configure<ExceptionHandlerOptions>(handler =>
        {
            handler.StatusCodeSelector = thrown =>
                thrown is BadHttpRequestException refused
                    ? refused.StatusCode
                    : StatusCodes.Status500InternalServerError;
            handler.SuppressDiagnosticsCallback = handled => handled.Exception is BadHttpRequestException;
        });
        // An answer shows events as they are, and they nest deeper than the serializer's usual 64 levels.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.MaxDepth = JsonLimits.MaxDepth + 10);
        services.AddMeasurements();
        services.AddSingleton<ConnectionReport>();
        // A query that cannot be read is the caller's mistake, in Development too.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = false);
        services.AddSingleton<GuessLimit>();
        services.AddSingleton<OperatorWrites>();
        services.AddSingleton<ListeningAddress>();
        services.AddSingleton<SandboxAddress>();
        services.AddHostedService<StartUpWarnings>();
        services.AddHostedService<StartUpBanner>();
        services.AddApiDescription();
        return services;
    }

    public static void MapOperations(this WebApplication app)
    {
        app.MapHealth();
        app.MapMetrics();
        app.MapAdmin();
        app.MapApiDescription();
    }

    // Where no endpoint answered.
    private static string? WhatToMend(HttpResponse refused) =>
        refused.StatusCode switch
        {
            StatusCodes.Status400BadRequest
                when refused.HttpContext.GetEndpoint() is null
                    && refused.HttpContext.Features.Get<IExceptionHandlerFeature>() is null =>
                "The Host header names none of this service's names, which are the setting AllowedHosts.",
            StatusCodes.Status404NotFound => "Nothing is served at this path. The operator's /swagger lists what is.",
            StatusCodes.Status405MethodNotAllowed => $"This path takes {refused.Headers.Allow}.",
            _ => null,
        };
}
