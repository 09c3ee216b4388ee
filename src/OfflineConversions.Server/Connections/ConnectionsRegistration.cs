using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Connections;

/// <summary>Registers the configuration and what is compiled from it.</summary>
internal static class ConnectionsRegistration
{
    public static IServiceCollection AddConnections(
        this IServiceCollection services,
        ServiceOptions options,
        bool development
    )
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(DemoKeys.From(options, development));
        services.AddSingleton(new ConnectionRegistry(new RuntimeSettings(options)));
        services.AddHostedService<ConfigurationReload>();
        return services;
    }
}
