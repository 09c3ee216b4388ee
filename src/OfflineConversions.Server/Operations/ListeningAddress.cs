using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace OfflineConversions.Server.Operations;

/// <summary>Where this process can be reached from its own machine. Known once the server has started.</summary>
public sealed class ListeningAddress(IServer server)
{
    private static readonly string[] Anywhere = ["0.0.0.0", "[::]", "+", "*"];

    /// <summary>The address, plain HTTP preferred, or <see langword="null"/> before the start.</summary>
    public Uri? Current => server.Features.Get<IServerAddressesFeature>()?.Addresses
        .OrderBy(address => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        .Select(Reachable)
        .FirstOrDefault();

    /// <summary>The same address as this machine dials it: a wildcard becomes loopback.</summary>
    public static Uri Reachable(string address)
    {
        var parsed = BindingAddress.Parse(address);
        var host = Anywhere.Contains(parsed.Host, StringComparer.Ordinal) ? "127.0.0.1" : parsed.Host;
        return new Uri($"{parsed.Scheme}://{host}:{parsed.Port}{parsed.PathBase}");
    }
}
