using OfflineConversions.Server.Configuration.Validation;

namespace OfflineConversions.Server.Configuration;

/// <summary>
/// The reverse proxies that are trusted with <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>. With none listed,
/// these headers are ignored.
/// </summary>
internal sealed class ProxyOptions
{
    /// <summary>IP addresses of proxies. Default: none.</summary>
    [IPAddressText]
    public List<string> KnownProxies { get; set; } = [];

    /// <summary>Networks whose every address is a proxy, for example <c>10.0.0.0/8</c>. Default: none.</summary>
    [IPNetworkText]
    public List<string> KnownNetworks { get; set; } = [];
}
