using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Connections;

/// <summary>Registers the configuration, the connections compiled from it, and its reload.</summary>
internal static class ConnectionsRegistration
{
    public static IServiceCollection AddConnections(
        this IServiceCollection services,
        ServiceOptions options,
        ConfigurationFiles files,
        EventSources sources,
        bool development
    )
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options.WithoutKeys());
        services.AddSingleton(DemoKeys.From(options, sources, development));
        services.AddSingleton(new ConnectionRegistry(RuntimeSettings.From(options)));
        services.AddSingleton(files);
        services.AddHostedService<ConfigurationReload>();
        return services;
    }
}
