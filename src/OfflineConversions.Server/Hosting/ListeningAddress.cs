using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Hosting;

/// <summary>The addresses of this process as its own machine reaches them. Known once the server has started.</summary>
internal sealed class ListeningAddress(IServer server, ServiceOptions? options = null)
{
    // Kestrel's default.
    private const string Default = "http://localhost:5000";

    private static readonly string[] Anywhere = ["0.0.0.0", "[::]", "+", "*"];

    /// <summary>The address for posts, plain HTTP preferred, or <see langword="null"/> before the start.</summary>
    public Uri? Current => All.FirstOrDefault(address => address.Port != options?.Admin.Port);

    /// <summary>The address of the operator's routes: the same, unless they have a separate port.</summary>
    public Uri? Operator => All.FirstOrDefault(address => address.Port == options?.Admin.Port) ?? Current;

    private IEnumerable<Uri> All =>
        (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            .OrderBy(address => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            .Select(Reachable);

    /// <summary>
    /// The addresses that a configuration names, by the rules of ASP.NET Core: <c>urls</c>, else <c>http_ports</c>
    /// and <c>https_ports</c>, else port 5000.
    /// </summary>
    public static IReadOnlyList<string> Configured(IConfiguration configuration)
    {
        var addresses = Parts(configuration["urls"]);
        if (addresses.Length == 0)
        {
            addresses =
            [
                .. Parts(configuration["http_ports"]).Select(port => $"http://*:{port}"),
                .. Parts(configuration["https_ports"]).Select(port => $"https://*:{port}"),
            ];
        }

        return addresses.Length == 0 ? [Default] : addresses;
    }

    /// <summary>The same address as this machine reaches it: a wildcard becomes loopback.</summary>
    public static Uri Reachable(string address)
    {
        var parsed = BindingAddress.Parse(address);
        var host = Anywhere.Contains(parsed.Host, StringComparer.Ordinal) ? "127.0.0.1" : parsed.Host;
        return new Uri($"{parsed.Scheme}://{host}:{parsed.Port}{parsed.PathBase}");
    }

    private static string[] Parts(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
