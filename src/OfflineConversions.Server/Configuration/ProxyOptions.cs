namespace OfflineConversions.Server.Configuration;

/// <summary>
/// The reverse proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed. With none listed
/// nobody's are.
/// </summary>
internal sealed class ProxyOptions
{
    /// <summary>Addresses of proxies. Default: none.</summary>
    public List<string> KnownProxies { get; set; } = [];

    /// <summary>Networks in which every address is a proxy, for example <c>10.0.0.0/8</c>. Default: none.</summary>
    public List<string> KnownNetworks { get; set; } = [];
}
