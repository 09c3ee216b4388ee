using System.Diagnostics;
using System.Net;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>The HTTP handler of requests to Graph, set up so that the token in them goes nowhere else.</summary>
internal static class GraphHttpHandler
{
    public static HttpMessageHandler Create() =>
        new SocketsHttpHandler
        {
            // A redirect would carry the token to another host.
            AllowAutoRedirect = false,
            UseCookies = false,
            Proxy = new RemoteOnlyProxy(HttpClient.DefaultProxy),
            // Trace headers from callers are not meant for Meta.
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            AutomaticDecompression = DecompressionMethods.All,
            // Follows changes in DNS.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
}

/// <summary>
/// A proxy for remote hosts only. Requests to this machine may be plain HTTP and contain the token, so they bypass it.
/// </summary>
/// <param name="proxy">The proxy that the environment configures, for example with <c>HTTPS_PROXY</c>.</param>
internal sealed class RemoteOnlyProxy(IWebProxy proxy) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => proxy.Credentials;
        set => proxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || proxy.IsBypassed(host);
}
