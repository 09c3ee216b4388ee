using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Targets.Meta;

internal static class GraphRegistration
{
    /// <summary>Registers <see cref="GraphClient"/>, <see cref="GraphQueries"/> and their parts.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="options">The settings of Graph.</param>
    /// <param name="address">Decides where requests go: to Meta, or to the sandbox of this process.</param>
    public static IServiceCollection AddGraph(
        this IServiceCollection services,
        GraphOptions options,
        Func<IServiceProvider, GraphAddress> address
    )
    {
        services.AddMetrics();
        services.AddSingleton(options);
        services.AddSingleton(address);
        services.AddSingleton<GraphVersions>();
        services.AddSingleton<GraphMetrics>();
        services.AddSingleton<IGraphHost, GraphHost>();
        services.AddHttpClient<GraphQueries>().ForGraph(GraphHttpHandler.CreateForQueries);
        return services.AddGraphClient(options.Timeout);
    }
}
