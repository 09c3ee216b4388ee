using Microsoft.OpenApi;
using OfflineConversions.Sources;
using OfflineConversions.Sources.RudderStack;

namespace OfflineConversions.Server.Ingestion.Protocols.RudderStack;

/// <summary>RudderStack's tracking API. Source: RudderStack, "HTTP API".</summary>
internal sealed class RudderStackProtocol : IVendorProtocol
{
    public SourceDefinition Source => RudderStackDefinition.Instance;

    public string Title => "RudderStack";

    public string Description => "RudderStack's HTTP API. The write key as Basic user name without password.";

    public IReadOnlyList<VendorRoute> Routes { get; } =
    [
        .. TrackingCalls.Routes,
        TrackingCalls.Route("/v1/merge", "merge"),
        TrackingCalls.Batch("/beacon/v1/batch") with
        {
            AcceptsKeyInQuery = true,
        },
        Pixel("/pixel/v1/track", "track"),
        Pixel("/pixel/v1/page", "page"),
    ];

    public OpenApiSecurityScheme SecurityScheme { get; } = TrackingCalls.SecurityScheme("RudderStack");

    public PresentedKey ReadKey(HttpRequest request) => AuthorizationHeader.Of(request).Key;

    public VendorResponse Success { get; } = VendorResponse.Text(StatusCodes.Status200OK, "OK");

    /// <summary>The texts of RudderStack's gateway, where it has one for the kind.</summary>
    public VendorResponse Refuse(Refusal refusal) =>
        VendorResponse.Text(
            refusal.HttpStatus,
            refusal.Kind switch
            {
                RefusalKind.MalformedJson => "Invalid JSON",
                RefusalKind.MissingKey => "failed to read writekey from header",
                RefusalKind.WrongKey => "invalid write key",
                RefusalKind.TooLarge => $"request size exceeds max limit: {refusal.Message}",
                RefusalKind.RateLimited => "max requests limit reached",
                _ => refusal.Message,
            }
        );

    public IReadOnlyList<Sample> Samples(VendorRoute route, DateTimeOffset at) => RudderStackSamples.Of(route, at);

    public CurlKey Curl(string key) => TrackingCalls.Curl(key);

    public string? EmptyMap(MappingOptions options) =>
        options.Of<RudderStackOptions>().EventsToIds.Count == 0
            ? $"{Source.Name}:{nameof(RudderStackOptions.EventsToIds)}"
            : null;

    private static VendorRoute Pixel(string path, string call) =>
        TrackingCalls.Route(path, call) with
        {
            AcceptsKeyInQuery = true,
            ReadQuery = RudderStackPixel.Read,
            Success = RudderStackPixel.Success,
        };
}
