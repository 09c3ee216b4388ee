using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Every path of the vendors' tracking APIs, once under the source's name and once without, as the SDKs know it.
/// </summary>
internal static class IngestionRoutes
{
    // The vendors' paths and the call each one stands for. Sources: mParticle "HTTP API", Segment "HTTP Tracking API
    // Source" and its browser SDK's short forms, RudderStack "HTTP API", Commanders Act "HTTP Tracking".
    private static readonly (SourceKind Source, string Path, string? Call)[] Table =
    [
        (SourceKind.MParticle, "/v2/events", null),
        (SourceKind.MParticle, "/v2/bulkevents", null),
        (SourceKind.Segment, "/v1/track", "track"),
        (SourceKind.Segment, "/v1/identify", "identify"),
        (SourceKind.Segment, "/v1/page", "page"),
        (SourceKind.Segment, "/v1/screen", "screen"),
        (SourceKind.Segment, "/v1/group", "group"),
        (SourceKind.Segment, "/v1/alias", "alias"),
        (SourceKind.Segment, "/v1/batch", null),
        (SourceKind.Segment, "/v1/import", null),
        (SourceKind.Segment, "/v1/t", "track"),
        (SourceKind.Segment, "/v1/i", "identify"),
        (SourceKind.Segment, "/v1/p", "page"),
        (SourceKind.Segment, "/v1/s", "screen"),
        (SourceKind.Segment, "/v1/g", "group"),
        (SourceKind.Segment, "/v1/a", "alias"),
        (SourceKind.Segment, "/v1/b", null),
        (SourceKind.RudderStack, "/v1/track", "track"),
        (SourceKind.RudderStack, "/v1/identify", "identify"),
        (SourceKind.RudderStack, "/v1/page", "page"),
        (SourceKind.RudderStack, "/v1/screen", "screen"),
        (SourceKind.RudderStack, "/v1/group", "group"),
        (SourceKind.RudderStack, "/v1/alias", "alias"),
        (SourceKind.RudderStack, "/v1/merge", "merge"),
        (SourceKind.RudderStack, "/v1/batch", null),
        (SourceKind.RudderStack, "/v1/import", null),
        (SourceKind.CommandersAct, "/events", null),
        (SourceKind.CommandersAct, "/events/batch", null),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IngestionRoute> All { get; } =
    [
        .. Table.Select(row => new IngestionRoute($"/{row.Source.Name()}{row.Path}", [row.Source], row.Call)),
        .. Table
            .GroupBy(row => (row.Path, row.Call))
            .Select(rows => new IngestionRoute(rows.Key.Path, [.. rows.Select(row => row.Source)], rows.Key.Call)),
    ];
}
