using System.Net;

namespace OfflineConversions.Server.Graph;

/// <summary>The environment's proxy (<c>HTTPS_PROXY</c> and so on), but not on the way to this machine: that way may be plain http, and carries the token.</summary>
public sealed class ProxyBeyondThisMachine : IWebProxy
{
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => HttpClient.DefaultProxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : HttpClient.DefaultProxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
}
