using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// Takes the caller's address and scheme from <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>, as far as they were
/// written by proxies that the configuration lists.
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
            ForwardLimit = null, // From the last proxy backwards, until one is not listed: that is the caller.
        };
        options.KnownProxies.Clear(); // The framework lists loopback; here only the configuration does.
        options.KnownIPNetworks.Clear();
        proxies.KnownProxies.ForEach(proxy => options.KnownProxies.Add(IPAddress.Parse(proxy)));
        proxies.KnownNetworks.ForEach(network => options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network)));
        app.UseForwardedHeaders(options);
    }
}
