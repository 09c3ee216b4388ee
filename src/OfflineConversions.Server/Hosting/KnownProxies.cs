using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// Reads the caller's address and scheme from <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>, as far as proxies
/// that the configuration lists have written them.
/// </summary>
internal static class KnownProxies
{
    public static void UseKnownProxies(this WebApplication app, ProxyOptions proxies)
    {
        if (proxies.KnownProxies.Count + proxies.KnownNetworks.Count == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null, // the last address that is not a listed proxy is the caller
        };
        options.KnownProxies.Clear(); // the framework's defaults contain loopback
        options.KnownIPNetworks.Clear();
        proxies.KnownProxies.ForEach(proxy => options.KnownProxies.Add(IPAddress.Parse(proxy)));
        proxies.KnownNetworks.ForEach(network => options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network)));
        app.UseForwardedHeaders(options);
    }
}
