using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Targets.Meta;

internal static class GraphRegistration
{
    private const int LongestResponseBytes = 1024 * 1024;

    /// <summary>Registers <see cref="GraphClient"/> and its parts.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="options">The settings of Graph.</param>
    /// <param name="address">Decides where requests go: to Meta, or to the sandbox of this process.</param>
    public static IServiceCollection AddGraph(
        this IServiceCollection services,
        GraphOptions options,
        Func<IServiceProvider, GraphAddress> address
    )
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new Jitter(new Random()));
        services.AddMetrics();
        services.AddLogging();
        services.AddSingleton(options);
        services.AddSingleton(address);
        services.AddSingleton<GraphVersions>();
        services.AddSingleton<GraphPipelines>();
        services.AddSingleton<GraphMetrics>();
        services
            .AddHttpClient<GraphClient>(http =>
            {
                http.Timeout = Timeout.InfiniteTimeSpan; // the pipeline has the timeout
                http.MaxResponseContentBufferSize = LongestResponseBytes;
            })
            .ConfigurePrimaryHttpMessageHandler(GraphHttpHandler.Create)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers(); // they would log URLs
        services
            .AddHttpClient<GraphQueries>(http =>
            {
                http.Timeout = Timeout.InfiniteTimeSpan; // the call has the timeout
                http.MaxResponseContentBufferSize = LongestResponseBytes;
            })
            .ConfigurePrimaryHttpMessageHandler(GraphHttpHandler.CreateForQueries)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers(); // they would log URLs
        return services;
    }
}
