using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using OfflineConversions.Sources;
using OfflineConversions.Sources.MParticle;

namespace OfflineConversions.Server.Ingestion.Protocols.MParticle;

/// <summary>mParticle's Events API. Source: mParticle, "HTTP API".</summary>
internal sealed partial class MParticleProtocol : IVendorProtocol
{
    private const string Clients =
        "This is a path of mParticle's client SDKs, which are not part of this integration. "
        + "Server feeds post to /v2/events and /v2/bulkevents; for web and apps, forward the events with a webhook.";

    public SourceDefinition Source => MParticleDefinition.Instance;

    public string Title => "mParticle";

    public string Description => "mParticle's Events API. Basic authentication with key and secret.";

    public IReadOnlyList<VendorRoute> Routes { get; } =
    [new("/v2/events", "Accepts a batch of one user's events."), new("/v2/bulkevents", "Accepts a list of batches.")];

    /// <summary>Sources: mParticle's client SDKs for the web (<c>/v3/JS/…</c>) and for apps (<c>/v2/…</c>).</summary>
    public IReadOnlyList<UnsupportedRoute> UnsupportedRoutes { get; } =
    [new("/v{version:int}/{key}/events", Clients), new("/v{version:int}/JS/{key}/{**call}", Clients)];

    public OpenApiSecurityScheme SecurityScheme { get; } =
        new()
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "For mParticle's routes: the key as user name, the secret as password.",
        };

    /// <summary>The key consists of both parts of Basic.</summary>
    public PresentedKey ReadKey(HttpRequest request)
    {
        var header = AuthorizationHeader.Of(request);
        return new PresentedKey(header.Credentials, header.Key.Attempted);
    }

    public string? KeyProblem(string key) => KeyAndSecret().IsMatch(key) ? null : "must have the form key:secret";

    public VendorResponse Success { get; } = VendorResponse.Empty(StatusCodes.Status202Accepted);

    /// <summary>Source: mParticle, "HTTP API", Error responses.</summary>
    public VendorResponse Refuse(Refusal refusal)
    {
        var status = refusal.Kind switch
        {
            RefusalKind.WrongKey => StatusCodes.Status403Forbidden,
            RefusalKind.TooLarge => StatusCodes.Status400BadRequest,
            _ => refusal.HttpStatus,
        };
        var message = VendorResponse.Quote(refusal.Message);
        return VendorResponse.Json(status, $$"""{"errors":[{"code":"{{Code(status)}}","message":{{message}}}]}""");
    }

    public IReadOnlyList<Sample> Samples(VendorRoute route, DateTimeOffset at) =>
        MParticleSamples.Of(route.LastSegment, at);

    public CurlKey Curl(string key) => new(string.Empty, $" -u {key}");

    private static string Code(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => "UNAUTHORIZED",
            StatusCodes.Status403Forbidden => "FORBIDDEN",
            StatusCodes.Status429TooManyRequests => "TOO_MANY_REQUESTS",
            StatusCodes.Status503ServiceUnavailable => "SERVICE_UNAVAILABLE",
            _ => "BAD_REQUEST",
        };

    [GeneratedRegex(@"\A[^:]+:.+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KeyAndSecret();
}
