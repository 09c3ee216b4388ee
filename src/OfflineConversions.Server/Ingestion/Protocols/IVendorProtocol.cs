using Microsoft.OpenApi;
using OfflineConversions.Json;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion.Protocols;

/// <summary>
/// How a vendor's clients speak HTTP: the routes, where the key is, what success and refusal look like, and everything
/// that descriptions of them need. Nothing outside the vendor's folder depends on which vendor it is.
/// </summary>
internal interface IVendorProtocol
{
    /// <summary>The source of the events.</summary>
    SourceDefinition Source { get; }

    /// <summary>The vendor's name as people write it, for example <c>Commanders Act</c>.</summary>
    string Title { get; }

    /// <summary>What the API is, in one line of Markdown for the OpenAPI document.</summary>
    string Description { get; }

    /// <summary>
    /// The routes of the vendor's API. The first one accepts a single event with no more than its path.
    /// </summary>
    IReadOnlyList<VendorRoute> Routes { get; }

    /// <summary>
    /// Routes of the vendor's other APIs, which clients may call here by mistake. The response is 404 with the reason.
    /// Default: none.
    /// </summary>
    IReadOnlyList<UnsupportedRoute> UnsupportedRoutes => [];

    /// <summary>How a client authenticates, with a description of what to enter.</summary>
    OpenApiSecurityScheme SecurityScheme { get; }

    /// <summary>The key that a request presents outside its body.</summary>
    PresentedKey ReadKey(HttpRequest request);

    /// <summary>The key in a body, or <see langword="null"/>. Default: none.</summary>
    string? ReadKey(JsonPart body) => null;

    /// <summary>What is wrong with the form of a configured key, or <see langword="null"/>.</summary>
    string? KeyProblem(string key) =>
        key.Contains(':', StringComparison.Ordinal) ? "must not hold a colon: HTTP Basic could not carry it" : null;

    /// <summary>What is wrong with secrets among the source's settings. Default: nothing.</summary>
    IEnumerable<SettingProblem> CheckSecrets(MappingOptions options) => [];

    /// <summary>Whether the connection requires signed bodies. Default: no.</summary>
    bool RequiresSignature(MappingOptions options) => false;

    /// <summary>Whether the signature of a request matches, where the connection requires one.</summary>
    bool IsSigned(HttpRequest request, MappingOptions options, ReadOnlySpan<byte> body, JsonPart root) => true;

    /// <summary>The response to a request that was accepted.</summary>
    VendorResponse Success { get; }

    /// <summary>The response to a request that was refused.</summary>
    VendorResponse Refuse(Refusal refusal);

    /// <summary>Bodies that can be posted unchanged to a route, with events of the given time.</summary>
    IReadOnlyList<Sample> Samples(VendorRoute route, DateTimeOffset at);

    /// <summary>How curl presents a key.</summary>
    CurlKey Curl(string key);

    /// <summary>
    /// The setting that maps no events because it is empty, so that nothing is delivered, or <see langword="null"/>.
    /// Default: none.
    /// </summary>
    string? EmptyMap(MappingOptions options) => null;
}

/// <summary>A route of a vendor's API.</summary>
/// <param name="Path">The path without the source's name.</param>
/// <param name="Summary">What the route does, for the OpenAPI document.</param>
/// <param name="Call">
/// The call that the path names, for messages without a type; <see langword="null"/> where only the body says it.
/// </param>
internal sealed record VendorRoute(string Path, string Summary, string? Call = null)
{
    /// <summary>
    /// Whether the key may be <c>?writeKey=</c>, for clients that cannot set a header. Default: no, because addresses
    /// end up in logs.
    /// </summary>
    public bool AcceptsKeyInQuery { get; init; }

    /// <summary>
    /// Reads the body from the query of a GET request. Default <see langword="null"/>: the body is posted.
    /// </summary>
    public Func<IQueryCollection, ReadOnlyMemory<byte>>? ReadQuery { get; init; }

    /// <summary>The response to success, where it differs from the protocol's.</summary>
    public VendorResponse? Success { get; init; }

    /// <summary>The last segment of the path.</summary>
    public string LastSegment => Path[(Path.LastIndexOf('/') + 1)..];
}

/// <summary>A route of an API that is not part of this service.</summary>
/// <param name="Pattern">The pattern of its path, without the source's name.</param>
/// <param name="Detail">What the client called, and what works instead.</param>
internal sealed record UnsupportedRoute(string Pattern, string Detail);

/// <summary>The key that a request presents outside its body.</summary>
/// <param name="Key">The key, or <see langword="null"/>.</param>
/// <param name="Attempted">Whether the request tried to present one.</param>
/// <param name="MayBeInBody">Whether the body may contain a key where this one is missing or unknown.</param>
internal readonly record struct PresentedKey(string? Key, bool Attempted, bool MayBeInBody = false);

/// <summary>How curl presents a key.</summary>
/// <param name="Query">What follows the path, with its question mark.</param>
/// <param name="Arguments">Arguments after the address, with a leading space.</param>
internal readonly record struct CurlKey(string Query, string Arguments);
