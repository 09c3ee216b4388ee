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
    public SourceDefinition Source => SegmentDefinition.Instance;

    public string Title => "Segment";

    public string Description =>
        "Segment's HTTP Tracking API and webhooks. "
        + "The write key as Basic user name without password, or as `writeKey` in the body.";

    public IReadOnlyList<VendorRoute> Routes { get; } =
    [
        .. TrackingCalls.Routes,
        TrackingCalls.Route("/v1/t", "track"),
        TrackingCalls.Route("/v1/i", "identify"),
        TrackingCalls.Route("/v1/p", "page"),
        TrackingCalls.Route("/v1/s", "screen"),
        TrackingCalls.Route("/v1/g", "group"),
        TrackingCalls.Route("/v1/a", "alias"),
        TrackingCalls.Batch("/v1/b"),
    ];

    public OpenApiSecurityScheme SecurityScheme { get; } = TrackingCalls.SecurityScheme("Segment");

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
    public string? ReadKey(JsonPart body)
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

    public bool IsSigned(HttpRequest request, MappingOptions options, ReadOnlySpan<byte> body, JsonPart root) =>
        SegmentSignature.Matches(request, options, body, root);

    public VendorResponse Success { get; } = VendorResponse.Json(StatusCodes.Status200OK, """{"success":true}""");

    /// <summary>
    /// Source: Segment, "HTTP Tracking API Source", Errors. <c>code</c> and <c>message</c> are what Segment's Python
    /// library reads; without them it repeats the request.
    /// </summary>
    public VendorResponse Refuse(Refusal refusal)
    {
        var message = refusal.Kind == RefusalKind.WrongKey ? "invalid write key" : refusal.Message;
        return VendorResponse.Json(
            refusal.HttpStatus,
            $$"""{"success":false,"code":"{{refusal.Code}}","message":{{VendorResponse.Quote(message)}}}"""
        );
    }

    public IReadOnlyList<Sample> Samples(VendorRoute route, DateTimeOffset at) => SegmentSamples.Of(route, at);

    public CurlKey Curl(string key) => TrackingCalls.Curl(key);

    public string? EmptyMap(MappingOptions options) =>
        options.Of<SegmentOptions>() is { Events.Count: 0, LeadEvents.Count: 0, CompleteRegistrationEvents.Count: 0 }
            ? $"{Source.Name}:{nameof(SegmentOptions.Events)}"
            : null;
}
