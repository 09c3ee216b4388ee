using OfflineConversions.Sources;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Every path of the vendors' tracking APIs, once under the source's name and once without, as the SDKs know it.
/// </summary>
internal static class IngestionRoutes
{
    // The vendors' paths and the call each one stands for. Sources: mParticle "HTTP API", Segment "HTTP Tracking API
    // Source" and its browser SDK's short forms, RudderStack "HTTP API", Commanders Act "HTTP Tracking".
    private static readonly (SourceDefinition Source, string Path, string? Call)[] Table =
    [
        (MParticleDefinition.Instance, "/v2/events", null),
        (MParticleDefinition.Instance, "/v2/bulkevents", null),
        (SegmentDefinition.Instance, "/v1/track", "track"),
        (SegmentDefinition.Instance, "/v1/identify", "identify"),
        (SegmentDefinition.Instance, "/v1/page", "page"),
        (SegmentDefinition.Instance, "/v1/screen", "screen"),
        (SegmentDefinition.Instance, "/v1/group", "group"),
        (SegmentDefinition.Instance, "/v1/alias", "alias"),
        (SegmentDefinition.Instance, "/v1/batch", null),
        (SegmentDefinition.Instance, "/v1/import", null),
        (SegmentDefinition.Instance, "/v1/t", "track"),
        (SegmentDefinition.Instance, "/v1/i", "identify"),
        (SegmentDefinition.Instance, "/v1/p", "page"),
        (SegmentDefinition.Instance, "/v1/s", "screen"),
        (SegmentDefinition.Instance, "/v1/g", "group"),
        (SegmentDefinition.Instance, "/v1/a", "alias"),
        (SegmentDefinition.Instance, "/v1/b", null),
        (RudderStackDefinition.Instance, "/v1/track", "track"),
        (RudderStackDefinition.Instance, "/v1/identify", "identify"),
        (RudderStackDefinition.Instance, "/v1/page", "page"),
        (RudderStackDefinition.Instance, "/v1/screen", "screen"),
        (RudderStackDefinition.Instance, "/v1/group", "group"),
        (RudderStackDefinition.Instance, "/v1/alias", "alias"),
        (RudderStackDefinition.Instance, "/v1/merge", "merge"),
        (RudderStackDefinition.Instance, "/v1/batch", null),
        (RudderStackDefinition.Instance, "/v1/import", null),
        (CommandersActDefinition.Instance, "/events", null),
        (CommandersActDefinition.Instance, "/events/batch", null),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IngestionRoute> All { get; } =
    [
        .. Table.Select(row => new IngestionRoute($"/{row.Source.Tag}{row.Path}", [row.Source], row.Call)),
        .. Table
            .GroupBy(row => (row.Path, row.Call))
            .Select(rows => new IngestionRoute(rows.Key.Path, [.. rows.Select(row => row.Source)], rows.Key.Call)),
    ];
}
