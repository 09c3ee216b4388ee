using System.Net;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>A proxy, but not on the way to this machine: that way may be plain http, and carries the token.</summary>
/// <param name="proxy">The environment's (<c>HTTPS_PROXY</c> and so on).</param>
internal sealed class ProxyBeyondThisMachine(IWebProxy proxy) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => proxy.Credentials;
        set => proxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || proxy.IsBypassed(host);
}
