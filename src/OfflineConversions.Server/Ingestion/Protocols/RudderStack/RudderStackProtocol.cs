using Microsoft.OpenApi;
using OfflineConversions.Sources;
using OfflineConversions.Sources.RudderStack;

namespace OfflineConversions.Server.Ingestion.Protocols.RudderStack;

/// <summary>RudderStack's tracking API. Source: RudderStack, "HTTP API".</summary>
internal sealed class RudderStackProtocol : IVendorProtocol
{
    private const string Batch = "Accepts a batch of events.";

    public SourceDefinition Source => RudderStackDefinition.Instance;

    public string Title => "RudderStack";

    public string Description => "RudderStack's HTTP API. The write key as Basic user name without password.";

    public IReadOnlyList<VendorRoute> Routes { get; } =
    [
        VendorRoute.Of("/v1/track", "track"),
        VendorRoute.Of("/v1/identify", "identify"),
        VendorRoute.Of("/v1/page", "page"),
        VendorRoute.Of("/v1/screen", "screen"),
        VendorRoute.Of("/v1/group", "group"),
        VendorRoute.Of("/v1/alias", "alias"),
        VendorRoute.Of("/v1/merge", "merge"),
        new("/v1/batch", Batch),
        new("/v1/import", Batch),
    ];

    public OpenApiSecurityScheme SecurityScheme { get; } =
        new()
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "For RudderStack's routes: the write key as user name. Leave the password empty.",
        };

    public PresentedKey ReadKey(HttpRequest request) => AuthorizationHeader.Of(request).Key;

    public VendorResponse Success => RudderStackResponses.Success;

    public VendorResponse Refuse(Refusal refusal) => RudderStackResponses.Refuse(refusal);

    public IReadOnlyList<Sample> Samples(VendorRoute route, DateTimeOffset at) =>
        RudderStackSamples.Of(route.LastSegment, at);

    public CurlKey Curl(string key) => new(string.Empty, $" -u {key}:");

    public string? EmptyMap(MappingOptions options) =>
        options.Of<RudderStackOptions>().EventsToIds.Count == 0
            ? $"{Source.Name}:{nameof(RudderStackOptions.EventsToIds)}"
            : null;
}
