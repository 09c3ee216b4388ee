using System.Text.Json;
using Microsoft.OpenApi;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.Ingestion.Protocols.Segment;

/// <summary>
/// Segment's tracking API and webhooks. Sources: Segment, "HTTP Tracking API Source", and the short paths of its
/// browser SDK.
/// </summary>
internal sealed class SegmentProtocol : IVendorProtocol
{
    private const string Batch = "Accepts a batch of events.";

    public SourceDefinition Source => SegmentDefinition.Instance;

    public string Title => "Segment";

    public string Description =>
        "Segment's HTTP Tracking API and webhooks. "
        + "The write key as Basic user name without password, or as `writeKey` in the body.";

    public IReadOnlyList<VendorRoute> Routes { get; } =
    [
        VendorRoute.Of("/v1/track", "track"),
        VendorRoute.Of("/v1/identify", "identify"),
        VendorRoute.Of("/v1/page", "page"),
        VendorRoute.Of("/v1/screen", "screen"),
        VendorRoute.Of("/v1/group", "group"),
        VendorRoute.Of("/v1/alias", "alias"),
        new("/v1/batch", Batch),
        new("/v1/import", Batch),
        VendorRoute.Of("/v1/t", "track"),
        VendorRoute.Of("/v1/i", "identify"),
        VendorRoute.Of("/v1/p", "page"),
        VendorRoute.Of("/v1/s", "screen"),
        VendorRoute.Of("/v1/g", "group"),
        VendorRoute.Of("/v1/a", "alias"),
        new("/v1/b", Batch),
    ];

    public OpenApiSecurityScheme SecurityScheme { get; } =
        new()
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "For Segment's routes: the write key as user name. Leave the password empty.",
        };

    /// <summary>OAuth clients send a bearer token that is no key, and the write key in the body.</summary>
    public PresentedKey ReadKey(HttpRequest request)
    {
        var header = AuthorizationHeader.Of(request);
        return header.Key with
        {
            MayBeInBody = header.Scheme is AuthorizationScheme.None or AuthorizationScheme.Bearer,
        };
    }

    /// <summary><c>writeKey</c> at the root of the body, or of its first message.</summary>
    public string? ReadKey(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Array && body.GetArrayLength() > 0)
        {
            body = body[0];
        }

        // No key contains text that is not valid Unicode.
        var key = JsonText.Member(body, "writeKey");
        return key.ValueKind == JsonValueKind.String ? JsonText.Decode(key) : null;
    }

    public IEnumerable<SettingProblem> CheckSecrets(MappingOptions options)
    {
        if (options.Of<SegmentOptions>().SharedSecret is { IsBlank: true })
        {
            yield return new SettingProblem(
                nameof(SegmentOptions.SharedSecret),
                "is blank; write the secret, or leave the setting out"
            );
        }
    }

    public bool RequiresSignature(MappingOptions options) => SegmentSignature.IsRequired(options);

    public bool IsSigned(HttpRequest request, MappingOptions options, ReadOnlySpan<byte> body, JsonElement root) =>
        SegmentSignature.Matches(request, options, body, root);

    public VendorResponse Success => SegmentResponses.Success;

    public VendorResponse Refuse(Refusal refusal) => SegmentResponses.Refuse(refusal);

    public IReadOnlyList<Sample> Samples(VendorRoute route, DateTimeOffset at) => SegmentSamples.Of(route, at);

    public CurlKey Curl(string key) => new(string.Empty, $" -u {key}:");

    public string? EmptyMap(MappingOptions options) =>
        options.Of<SegmentOptions>() is { Events.Count: 0, LeadEvents.Count: 0, CompleteRegistrationEvents.Count: 0 }
            ? $"{Source.Name}:{nameof(SegmentOptions.Events)}"
            : null;
}
