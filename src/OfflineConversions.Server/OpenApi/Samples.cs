using System.Globalization;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Ingestion.Protocols.CommandersAct;
using OfflineConversions.Server.Ingestion.Protocols.MParticle;
using OfflineConversions.Server.Ingestion.Protocols.RudderStack;
using OfflineConversions.Server.Ingestion.Protocols.Segment;
using OfflineConversions.Sources;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.OpenApi;

/// <summary>A body that can be posted as it stands.</summary>
/// <param name="Name">Its key in the description.</param>
/// <param name="Summary">What it shows.</param>
/// <param name="Body">The JSON.</param>
internal sealed record Sample(string Name, string Summary, JsonNode Body);

/// <summary>
/// The vendors' own samples, with times made current: an event of last year would be refused as too old.
/// </summary>
internal static class Samples
{
    private static readonly TimeSpan Ago = TimeSpan.FromMinutes(10);

    /// <summary>The samples of a path of the source.</summary>
    public static IReadOnlyList<Sample> Of(SourceDefinition source, string path, DateTimeOffset now)
    {
        var at = now - Ago;
        var last = path[(path.LastIndexOf('/') + 1)..];
        return source switch
        {
            MParticleDefinition => MParticleSamples.Of(last, at),
            SegmentDefinition => SegmentSamples.Of(last, at),
            RudderStackDefinition => RudderStackSamples.Of(last, at),
            _ => CommandersActSamples.Of(last, at),
        };
    }

    internal static string Iso(DateTimeOffset at) =>
        at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    internal static string Milliseconds(DateTimeOffset at) =>
        at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    internal static Sample Sample(string name, string summary, string json) =>
        new(name, summary, JsonNode.Parse(json)!);

    /// <summary>The calls Segment and RudderStack share that never become a conversion.</summary>
    internal static Sample OtherCall(string call, DateTimeOffset at) =>
        call switch
        {
            "group" => Sample(
                "group",
                "Accepted and ignored: only track calls become conversions",
                $$"""{"userId":"hamsolo813","groupId":"g-1","traits":{"name":"Initech"},"timestamp":"{{Iso(at)}}"}"""
            ),
            "alias" or "merge" => Sample(
                call,
                "Accepted and ignored: only track calls become conversions",
                $$"""{"previousId":"anonymous-1","userId":"hamsolo813","timestamp":"{{Iso(at)}}"}"""
            ),
            "page" or "screen" => Sample(
                call,
                "Accepted and ignored: only track calls become conversions",
                $$"""{"userId":"hamsolo813","name":"Home","properties":{"title":"Welcome"},"timestamp":"{{Iso(at)}}"}"""
            ),
            _ => Sample(
                "identify",
                "Accepted and ignored: only track calls become conversions",
                $$"""{"userId":"hamsolo813","traits":{"email":"hamsolo813@hamsolo813.com","name":"ham solo"},"timestamp":"{{Iso(at)}}"}"""
            ),
        };
}
