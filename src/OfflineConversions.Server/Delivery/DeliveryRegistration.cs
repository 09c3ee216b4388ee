using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Delivery;

/// <summary>Puts delivery into the container.</summary>
internal static class DeliveryRegistration
{
    /// <summary>What the host gets on top of the drain time-out, to settle and to close.</summary>
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Adds <see cref="DeliveryService"/>. It needs Graph, an outbox and every <see cref="Connection"/> from the
    /// container.
    /// </summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services, ServiceOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton(options.Delivery);
        services.AddSingleton<ProbeSchedule>();
        services.AddSingleton<ConnectionStates>();
        services.AddSingleton<ConnectionControl>();
        services.AddSingleton<DeliverySignal>();
        services.AddSingleton<RetrySchedule>();
        services.AddSingleton<DeliveryMetrics>();
        services.AddHostedService<DeliveryService>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Delivery.DrainTimeout + Closing);
        return services;
    }
}
