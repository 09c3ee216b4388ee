using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion;

/// <summary>Kestrel's part of the border.</summary>
internal static class Border
{
    /// <summary>Connections accepted beyond the limit, to be told 503; those beyond them are closed at once.</summary>
    private const int Spare = 1_000;

    /// <summary>
    /// What a connection may send ahead of being read: with ten thousand connections, the framework's own MiB would
    /// come to 10 GB.
    /// </summary>
    private const int AheadBytes = 64 * 1024;

    /// <summary>Limits what is read from a socket before somebody asks for it.</summary>
    public static void Limit(SocketTransportOptions sockets) => sockets.MaxReadBufferSize = AheadBytes;

    public static void Limit(
        KestrelServerOptions kestrel,
        IngestionOptions options,
        OpenConnections connections,
        CutOffs cutOffs
    )
    {
        kestrel.AddServerHeader = false;

        // Our own cap is lower and answers in the vendor's words. Kestrel's leaves room to drain a body that is too
        // large, so that the caller reads the answer instead of a reset connection.
        kestrel.Limits.MaxRequestBodySize = Math.Max(kestrel.Limits.MaxRequestBodySize ?? 0, 2L * options.MaxBodyBytes);
        kestrel.Limits.MaxRequestBufferSize = AheadBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = AheadBytes;
        kestrel.Limits.Http2.InitialStreamWindowSize = AheadBytes;
        kestrel.Limits.RequestHeadersTimeout = options.HeaderTimeout;
        kestrel.Limits.MaxConcurrentConnections = (long)options.MaxConnections + Spare;
        kestrel.ConfigureEndpointDefaults(endpoint =>
            endpoint.Use(next =>
                connection =>
                {
                    cutOffs.Watch(connection);
                    return connections.CountAsync(connection, next);
                }
            )
        );
    }
}
