using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OfflineConversions.Server.Connections;

/// <summary>Registers the configuration and what is compiled from it.</summary>
public static class ConnectionsRegistration
{
    public static IServiceCollection AddConnections(this IServiceCollection services, ServiceOptions options, bool development)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(DemoKeys.From(options, development));
        var connections = new ConnectionRegistry(options);
        var keys = new WriteKeys(connections.All, options.Ingestion.RateLimit);
        services.AddSingleton(connections);
        services.AddSingleton(_ => keys);
        foreach (var connection in connections.All)
        {
            services.AddSingleton(connection);
        }

        return services;
    }
}
