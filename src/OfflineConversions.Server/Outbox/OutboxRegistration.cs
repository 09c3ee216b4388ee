using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Outbox;

/// <summary>Puts the outbox into the house.</summary>
internal static class OutboxRegistration
{
    /// <summary>
    /// Registers the outbox the configuration asks for. It is opened with the first thing that needs it.
    /// </summary>
    public static IServiceCollection AddOutbox(this IServiceCollection services, ServiceOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IOutbox>(provider => new SqliteOutbox(
            options.Outbox,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SqliteOutbox>>()
        ));
        return services;
    }
}
