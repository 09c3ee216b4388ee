using Microsoft.OpenApi;
using OfflineConversions.Sources;
using OfflineConversions.Sources.CommandersAct;

namespace OfflineConversions.Server.Ingestion.Protocols.CommandersAct;

/// <summary>Commanders Act's tracking API. Source: Commanders Act, "HTTP Tracking".</summary>
internal sealed class CommandersActProtocol : IVendorProtocol
{
    private const string KeyInQuery = "token";

    public SourceDefinition Source => CommandersActDefinition.Instance;

    public string Title => "Commanders Act";

    public string Description => "Commanders Act's HTTP Tracking API. The key as `token` in the query, or as Bearer.";

    public IReadOnlyList<VendorRoute> Routes { get; } =
    [new("/events", "Accepts one event."), new("/events/batch", "Accepts a batch of events.")];

    public OpenApiSecurityScheme SecurityScheme { get; } =
        new()
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Query,
            Name = KeyInQuery,
            Description = "For Commanders Act's routes: the key.",
        };

    public PresentedKey ReadKey(HttpRequest request)
    {
        var header = AuthorizationHeader.Of(request);
        var token = request.Query[KeyInQuery].ToString();
        return header.Scheme == AuthorizationScheme.None && token.Length > 0
            ? new PresentedKey(token, Attempted: true)
            : header.Key;
    }

    public VendorResponse Success { get; } = VendorResponse.Json(StatusCodes.Status200OK, "{}");

    /// <summary>The vendor documents no bodies for errors, so they are problem details.</summary>
    public VendorResponse Refuse(Refusal refusal) =>
        VendorResponse.Problem(
            refusal.Kind == RefusalKind.TooLarge ? StatusCodes.Status400BadRequest : refusal.HttpStatus,
            refusal.Message
        );

    public IReadOnlyList<Sample> Samples(VendorRoute route, DateTimeOffset at) =>
        CommandersActSamples.Of(route.LastSegment, at);

    public CurlKey Curl(string key) => new($"?{KeyInQuery}={key}", string.Empty);
}
