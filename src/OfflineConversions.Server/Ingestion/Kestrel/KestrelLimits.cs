using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion.Kestrel;

/// <summary>The limits that Kestrel enforces before a request reaches an endpoint.</summary>
internal static class KestrelLimits
{
    /// <summary>
    /// Connections that are accepted above <see cref="IngestionOptions.MaxConnections"/> so that they get a 503.
    /// Kestrel closes any further ones at once.
    /// </summary>
    private const int SpareConnections = 1_000;

    /// <summary>
    /// How much a connection may send before the service reads it. The framework's default is 1 MiB, which would come
    /// to 10 GB with ten thousand connections.
    /// </summary>
    private const int ReadAheadBytes = 64 * 1024;

    public static IServiceCollection AddKestrelLimits(this IServiceCollection services, IngestionOptions options)
    {
        services.AddSingleton<SocketLimit>();
        services.AddSingleton<StaggeredTimeouts>();
        services.AddTransient<IStartupFilter, BodyGuard>();
        services.AddQuietDraining();
        services.Configure<SocketTransportOptions>(transport => transport.MaxReadBufferSize = ReadAheadBytes);
        services
            .AddOptions<KestrelServerOptions>()
            .Configure<SocketLimit, StaggeredTimeouts>(
                (kestrel, sockets, timeouts) => Apply(kestrel, options, sockets, timeouts)
            );
        return services;
    }

    private static void Apply(
        KestrelServerOptions kestrel,
        IngestionOptions options,
        SocketLimit sockets,
        StaggeredTimeouts timeouts
    )
    {
        kestrel.AddServerHeader = false;

        // BodyReader's limit is lower and refuses in the vendor's words. Kestrel's limit leaves room to drain a body
        // that is too large, so that the caller reads that response instead of a reset connection.
        kestrel.Limits.MaxRequestBodySize = Math.Max(kestrel.Limits.MaxRequestBodySize ?? 0, 2L * options.MaxBodyBytes);
        kestrel.Limits.MaxRequestBufferSize = ReadAheadBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = ReadAheadBytes;
        kestrel.Limits.Http2.InitialStreamWindowSize = ReadAheadBytes;
        kestrel.Limits.RequestHeadersTimeout = options.HeaderTimeout;
        kestrel.Limits.MaxConcurrentConnections = (long)options.MaxConnections + SpareConnections;
        kestrel.ConfigureEndpointDefaults(endpoint =>
            endpoint.Use(next =>
                connection =>
                {
                    timeouts.Watch(connection);
                    return sockets.CountAsync(connection, next);
                }
            )
        );
    }
}
