using System.Net.Sockets;
using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Meta;

/// <summary>What the failure of a request says.</summary>
internal static class RequestFailure
{
    /// <summary>The obstacle behind a failed request.</summary>
    public static Obstacle ObstacleOf(HttpRequestException failure) =>
        failure.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => Obstacle.NameResolution,
            HttpRequestError.SecureConnectionError => Obstacle.Tls,
            HttpRequestError.ProxyTunnelError => Obstacle.ProxyTunnel,
            HttpRequestError.ConnectionError => failure.InnerException switch
            {
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => Obstacle.Refused,
                SocketException { SocketErrorCode: SocketError.TimedOut } or OperationCanceledException =>
                    Obstacle.TimedOut,
                SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } =>
                    Obstacle.NameResolution,
                _ => Obstacle.NoConnection,
            },
            _ => Obstacle.Broken,
        };

    /// <summary>Whether no connection was made, so that Meta cannot have seen the request.</summary>
    public static bool WasNeverSent(HttpRequestException failure) =>
        failure.HttpRequestError
            is HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError;
}
