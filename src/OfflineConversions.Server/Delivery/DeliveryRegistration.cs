using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Tail;

namespace OfflineConversions.Server.Delivery;

internal static class DeliveryRegistration
{
    /// <summary>How much longer than the drain timeout the host may take to stop, to settle and to close.</summary>
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Registers <see cref="DeliveryService"/> and its parts. They need Graph, an outbox and the
    /// <see cref="ConnectionRegistry"/>.
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
        services.AddSingleton<DeliveryTiming>();
        services.TryAddSingleton<LiveTail>();
        services.AddSingleton<DeliveryTelemetry>();
        services.AddSingleton<DispatcherFactory>();
        services.AddHostedService<DeliveryService>();
        services.AddHostedService<StateFollower>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Delivery.DrainTimeout + Closing);
        return services;
    }
}
