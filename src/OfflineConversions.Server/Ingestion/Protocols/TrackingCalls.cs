using Microsoft.OpenApi;

namespace OfflineConversions.Server.Ingestion.Protocols;

/// <summary>
/// What the vendors of the common tracking specification share: a route for each call, routes for batches, and a write
/// key as Basic user name. Each protocol lists what its vendor has of it.
/// </summary>
internal static class TrackingCalls
{
    private const string Ignored = "Accepted and ignored: only track calls become conversions";

    /// <summary>The calls that every such vendor has, each with its name as its path.</summary>
    public static IReadOnlyList<VendorRoute> Routes { get; } =
    [
        Route("/v1/track", "track"),
        Route("/v1/identify", "identify"),
        Route("/v1/page", "page"),
        Route("/v1/screen", "screen"),
        Route("/v1/group", "group"),
        Route("/v1/alias", "alias"),
        Batch("/v1/batch"),
        Batch("/v1/import"),
    ];

    /// <summary>A route for one call.</summary>
    public static VendorRoute Route(string path, string call) =>
        new(
            path,
            call == "track"
                ? "Accepts one track call."
                : $"Accepts one {call} call and ignores it: only track calls become conversions.",
            call
        );

    /// <summary>A route for a batch, in which each message states its own call.</summary>
    public static VendorRoute Batch(string path) => new(path, "Accepts a batch of events.");

    /// <summary>The write key as Basic user name.</summary>
    /// <param name="vendor">The vendor's name as people write it.</param>
    public static OpenApiSecurityScheme SecurityScheme(string vendor) =>
        new()
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = $"For {vendor}'s routes: the write key as user name. Leave the password empty.",
        };

    /// <summary>How curl presents a write key.</summary>
    public static CurlKey Curl(string key) => new(string.Empty, $" -u {key}:");

    /// <summary>A sample of a call that never becomes a conversion.</summary>
    public static Sample OtherCall(string call, DateTimeOffset at) =>
        Sample.Of(
            call,
            Ignored,
            call switch
            {
                "group" => $$"""
                {"userId":"hamsolo813","groupId":"g-1","traits":{"name":"Initech"},
                "timestamp":"{{Sample.Iso(at)}}"}
                """,
                "alias" or "merge" => $$"""
                {"previousId":"anonymous-1","userId":"hamsolo813",
                "timestamp":"{{Sample.Iso(at)}}"}
                """,
                "page" or "screen" => $$"""
                {"userId":"hamsolo813","name":"Home","properties":{"title":"Welcome"},
                "timestamp":"{{Sample.Iso(at)}}"}
                """,
                _ => $$"""
                {"userId":"hamsolo813","traits":{"email":"hamsolo813@hamsolo813.com","name":"ham solo"},
                "timestamp":"{{Sample.Iso(at)}}"}
                """,
            }
        );
}
