using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>The command that posts a sale to a connection, as its page shows it.</summary>
internal sealed class SaleCommand(VendorProtocols protocols, ServiceOptions options, TimeProvider time)
{
    /// <summary>The command; null if the connection gets its events from files.</summary>
    public string? Of(Connection connection, HttpRequest page) =>
        protocols.Of(connection.Source) is { } protocol
            ? CurlCommand.Of(protocol, Address(page), "WRITE_KEY", time.GetUtcNow())
            : null;

    /// <summary>Where events are posted: where the page is, unless operators have an address of their own.</summary>
    private string Address(HttpRequest page) =>
        options.Admin.Port is null ? $"{page.Scheme}://{page.Host}{page.PathBase}" : "https://YOUR-HOST";
}
