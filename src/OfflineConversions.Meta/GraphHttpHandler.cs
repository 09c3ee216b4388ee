using System.Diagnostics;
using System.Net;

namespace OfflineConversions.Meta;

/// <summary>The HTTP handler of requests to Graph, set up so that the token in them goes nowhere else.</summary>
internal static class GraphHttpHandler
{
    /// <summary>The handler of requests with events, which have the token in their body.</summary>
    public static HttpMessageHandler Create() =>
        // Trace headers from callers are not meant for Meta.
        Create(DistributedContextPropagator.CreateNoOutputPropagator());

    /// <summary>
    /// The handler of reading calls, which may have a token in their URL. Without a propagator no trace is made of
    /// them, so no exporter of traces ever gets the URL.
    /// </summary>
    public static HttpMessageHandler CreateForQueries() => Create(propagator: null);

    private static SocketsHttpHandler Create(DistributedContextPropagator? propagator) =>
        new()
        {
            // A redirect would carry the token to another host.
            AllowAutoRedirect = false,
            UseCookies = false,
            Proxy = new RemoteOnlyProxy(HttpClient.DefaultProxy),
            ActivityHeadersPropagator = propagator,
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
