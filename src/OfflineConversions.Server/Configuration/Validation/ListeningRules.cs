using System.Globalization;
using OfflineConversions.Server.Configuration.Reading;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>
/// Checks the addresses to listen on. They are the framework's settings, but it reports a mistake in them with a stack
/// trace, or listens on port 80 if it cannot read the port.
/// </summary>
internal static class ListeningRules
{
    private const string Endpoints = "Kestrel:Endpoints";

    /// <summary>Reports every address that the server cannot listen on.</summary>
    public static void Check(IConfiguration configuration, ConfigurationProblems problems)
    {
        var root = new SectionRules(problems, string.Empty);
        foreach (var address in Parts(configuration["urls"]))
        {
            root.Require("Urls", IsAddress(address), Problem(address));
        }

        foreach (var key in new[] { "Http_Ports", "Https_Ports" })
        {
            foreach (var port in Parts(configuration[key]))
            {
                root.Require(
                    key,
                    ushort.TryParse(
                        port,
                        NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                        CultureInfo.InvariantCulture,
                        out _
                    ),
                    $"{Quote.Value(port)} is not a port; write for example 8080"
                );
            }
        }

        foreach (var endpoint in configuration.GetSection(Endpoints).GetChildren())
        {
            var address = endpoint["Url"] ?? string.Empty;
            new SectionRules(problems, endpoint.Path).Require("Url", IsAddress(address), Problem(address));
        }
    }

    private static string Problem(string address) =>
        $"{Quote.Value(address)} is not an address to listen on; write scheme, host and port, for example "
        + "http://*:8080";

    private static bool IsAddress(string text)
    {
        try
        {
            var address = BindingAddress.Parse(text);
            return address.Scheme.ToUpperInvariant() is "HTTP" or "HTTPS"
                && (
                    address.IsUnixPipe
                    || address.IsNamedPipe
                    || (
                        address.PathBase.Length == 0
                        && IsHost(address.Host)
                        && address.Port is >= 0 and <= ushort.MaxValue
                    )
                );
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>
    /// The framework leaves a port that is not a number in the host and uses port 80, and it listens on every address
    /// for a host that it cannot read.
    /// </summary>
    private static bool IsHost(string host) =>
        host is "*" or "+"
        || Uri.CheckHostName(host) switch
        {
            UriHostNameType.Unknown => false,
            // 127.0.0.256 is not a name either.
            UriHostNameType.Dns => host.TrimEnd('.').Split('.')[^1].Any(character => !char.IsAsciiDigit(character)),
            _ => true,
        };

    private static string[] Parts(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
