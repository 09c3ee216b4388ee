using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Origins;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.WebConsole.Access;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>Maps an event and shows Meta's JSON beside it. Nothing is stored or sent.</summary>
[ChangesNothing]
internal sealed class PlaygroundModel(
    ConnectionRegistry connections,
    PreviewConnections previews,
    VendorProtocols protocols,
    ServiceOptions options,
    TimeProvider time
) : PageModel
{
    /// <summary>The longest text that the page maps; the operator's routes map longer ones.</summary>
    public const int Longest = 64 * 1024;

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

    /// <summary>What became of each event; null if nothing was mapped.</summary>
    public IReadOnlyList<MappedSample>? Results { get; private set; }

    /// <summary>What is wrong with the form.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

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

    public void OnPost()
    {
        var (body, settings) = (Body ?? string.Empty, Settings ?? string.Empty);
        if (body.Length + settings.Length > Longest)
        {
            Problems = [$"The text is longer than {Longest / 1024} KiB. Use POST /api/preview for it."];
            return;
        }

        var connection = string.IsNullOrWhiteSpace(settings) ? JsonSerializer.Serialize(Connection ?? "") : settings;
        try
        {
            // Each text must be JSON of its own, not the end of one and the beginning of another member.
            Check(connection, "The settings");
            Check(body, "The event");
            Map($$"""{"connection":{{connection}},"body":{{body}}{{CallOf(body)}}}""");
        }
        catch (JsonException malformed)
        {
            Problems = [malformed.Message];
        }
    }

    private static void Check(string text, string what)
    {
        try
        {
            using var _ = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        }
        catch (JsonException malformed)
        {
            throw new JsonException(
                $"{what} cannot be read as JSON: look at line {malformed.LineNumber + 1}, character "
                    + $"{malformed.BytePositionInLine + 1}.",
                malformed
            );
        }
    }

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

    /// <summary>
    /// What the path would say about an event that does not name its own type, as the member of the request.
    /// </summary>
    private string CallOf(string body)
    {
        using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        return
            connections.Find(Connection ?? string.Empty) is { } connection
            && protocols.Of(connection.Source)?.Routes[0].Call is { } call
            && json.RootElement.ValueKind == JsonValueKind.Object
            && !json.RootElement.TryGetProperty("type", out _)
            && !json.RootElement.TryGetProperty("batch", out _)
            ? $",\"call\":{JsonSerializer.Serialize(call)}"
            : string.Empty;
    }

    private void Map(string request)
    {
        var json = new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(request));
        using var document = JsonTree.Parse(json, JsonLimits.MaxDepth + 10);
        var read = PreviewRequest.Read(document.Root, previews, time.GetUtcNow());
        if (read.Problems.Count > 0)
        {
            Problems = [.. read.Problems.Select(problem => $"{problem.Key} {problem.Message}")];
            return;
        }

        var pipeline = read.Connection!.Pipeline;
        if (BodyCost.Of(read.Body, pipeline).Refuse(options.Ingestion) is { } refusal)
        {
            Problems = [refusal.Message];
            return;
        }

        var results = pipeline.Map(read.Body, read.Receipt);
        var origins = OriginTrace.Of(pipeline, read.Body)?.Find(read.Receipt, results);
        Results = [.. results.Select((result, index) => new MappedSample(result, origins?[index]))];
    }
}

/// <summary>One event of the playground.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Origins">Where its fields come from; null if the text is too large to be examined.</param>
internal sealed record MappedSample(EventResult Result, EventOrigins? Origins);
