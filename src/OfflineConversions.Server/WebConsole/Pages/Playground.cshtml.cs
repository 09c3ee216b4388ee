using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.WebConsole.Access;
using OfflineConversions.Server.WebConsole.Display;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>Maps an event and shows Meta's JSON beside it. Stores and sends nothing.</summary>
[ChangesNothing]
internal sealed class PlaygroundModel(
    ConnectionRegistry connections,
    VendorProtocols protocols,
    ServiceOptions options,
    EventText text,
    TimeProvider time
) : PageModel
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The name of the connection to map with.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Connection { get; set; }

    /// <summary>Settings to map with instead, as JSON.</summary>
    [BindProperty]
    public string? Settings { get; set; }

    /// <summary>The event.</summary>
    [BindProperty]
    public string? Body { get; set; }

    /// <summary>The connections to choose from.</summary>
    public IEnumerable<string> Connections => connections.All.Select(one => one.Name);

    /// <summary>Whether an event can be sent from here: it reaches the sandbox of this process and not Meta.</summary>
    public bool MaySend => options.ReachesSandbox;

    /// <summary>What became of each event; null if nothing was mapped.</summary>
    public MappedText? Mapped { get; private set; }

    /// <summary>A sample is filled in, so that one click shows something.</summary>
    public void OnGet()
    {
        var connection = connections.Find(Connection ?? string.Empty) ?? connections.All.FirstOrDefault();
        Connection = connection?.Name;
        if (connection is not null)
        {
            var now = Sample.Time(time.GetUtcNow());
            Body = protocols.Of(connection.Source) is { } protocol
                ? protocol.Samples(protocol.Routes[0], now)[0].Body.ToJsonString(Indented)
                : Row(now).ToJsonString(Indented);
        }
    }

    public void OnPost() => Mapped = text.Map(Connection, Settings, Body, findOrigins: true);

    /// <summary>A row of a file, for a source without routes.</summary>
    private static JsonObject Row(DateTimeOffset time) =>
        new()
        {
            ["order_id"] = "1001",
            ["event_time"] = time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["value"] = "24.90",
            ["currency"] = "EUR",
            ["email"] = "jane.doe@example.com",
            ["phone"] = "+44 20 7946 0018",
            ["first_name"] = "Jane",
            ["last_name"] = "Doe",
        };
}
