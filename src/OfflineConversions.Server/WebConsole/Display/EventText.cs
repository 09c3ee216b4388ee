using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Origins;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>Maps an event that was pasted into a page. Stores and sends nothing.</summary>
internal sealed class EventText(
    ConnectionRegistry connections,
    PreviewConnections previews,
    VendorProtocols protocols,
    ServiceOptions options,
    TimeProvider time
)
{
    /// <summary>The longest text that the page maps; the operator's routes map longer ones.</summary>
    public const int Longest = 64 * 1024;

    /// <summary>Maps the text.</summary>
    /// <param name="connection">The name of the connection to map with.</param>
    /// <param name="settings">Settings to map with instead, as JSON; empty: the connection's own.</param>
    /// <param name="body">The event.</param>
    /// <param name="findOrigins">Whether to find where fields come from, which maps the event many times.</param>
    public MappedText Map(string? connection, string? settings, string? body, bool findOrigins)
    {
        (connection, settings, body) = (connection ?? string.Empty, settings ?? string.Empty, body ?? string.Empty);
        if (body.Length + settings.Length > Longest)
        {
            return MappedText.Wrong($"The text is longer than {Longest / 1024} KiB. Use POST /api/preview for it.");
        }

        var with = string.IsNullOrWhiteSpace(settings) ? JsonSerializer.Serialize(connection) : settings;
        try
        {
            // Each text must be JSON of its own, not the end of one and the beginning of another member.
            Check(with, "The settings");
            Check(body, "The event");
            return Map($$"""{"connection":{{with}},"body":{{body}}{{CallOf(connection, body)}}}""", findOrigins);
        }
        catch (JsonException malformed)
        {
            return MappedText.Wrong(malformed.Message);
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

    /// <summary>
    /// What the path would say about an event that does not name its own type, as the member of the request.
    /// </summary>
    private string CallOf(string name, string body)
    {
        using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        return
            connections.Find(name) is { } connection
            && protocols.Of(connection.Source)?.Routes[0].Call is { } call
            && json.RootElement.ValueKind == JsonValueKind.Object
            && !json.RootElement.TryGetProperty("type", out _)
            && !json.RootElement.TryGetProperty("batch", out _)
            ? $",\"call\":{JsonSerializer.Serialize(call)}"
            : string.Empty;
    }

    private MappedText Map(string request, bool findOrigins)
    {
        var json = new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(request));
        using var document = JsonTree.Parse(json, JsonLimits.MaxDepth + 10);
        using var read = PreviewRequest.Read(document.Root, previews, options.Imports, time.GetUtcNow());
        if (read.Problems.Count > 0)
        {
            return MappedText.Wrong([.. read.Problems.Select(problem => $"{problem.Key} {problem.Message}")]);
        }

        var pipeline = read.Connection!.Pipeline;
        if (BodyCost.Of(read.Body, pipeline).Refuse(options.Ingestion) is { } refusal)
        {
            return MappedText.Wrong(refusal.Message);
        }

        var results = pipeline.Map(read.Body, read.Receipt);
        var origins = findOrigins ? OriginTrace.Of(pipeline, read.Body)?.Find(read.Receipt, results) : null;
        return new MappedText(results, origins, []);
    }
}

/// <summary>What became of the events in a text.</summary>
/// <param name="Results">One for each event; empty if something is wrong.</param>
/// <param name="Origins">
/// Where their fields come from; null if that was not asked for, or if the text is too large to be examined.
/// </param>
/// <param name="Problems">What is wrong with the text.</param>
internal sealed record MappedText(
    IReadOnlyList<EventResult> Results,
    IReadOnlyList<EventOrigins>? Origins,
    IReadOnlyList<string> Problems
)
{
    public static MappedText Wrong(params string[] problems) => new([], null, problems);
}
