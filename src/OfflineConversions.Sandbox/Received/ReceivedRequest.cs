using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Received;

/// <summary>A call to the Graph route and its outcome, without its token and its events.</summary>
internal sealed record ReceivedRequest
{
    /// <summary>A number that counts up from 1 while the process runs.</summary>
    public required long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Method { get; init; }

    /// <summary>The path without the query, which may contain a token.</summary>
    public required string Path { get; init; }

    /// <summary>The HTTP status of the response; null if the connection was dropped or the caller gave up.</summary>
    public int? Status { get; init; }

    public required EventShape Api { get; init; }

    /// <summary>How many events the request contained.</summary>
    public required int Events { get; init; }

    /// <summary>How many of them were accepted: all or none.</summary>
    public required int Stored { get; init; }

    public int? ErrorCode { get; init; }

    public int? ErrorSubcode { get; init; }

    /// <summary>The name of the broken rule.</summary>
    public string? Rule { get; init; }

    /// <summary>The position of the first bad event.</summary>
    public int? EventIndex { get; init; }

    /// <summary>The path of the bad parameter in that event.</summary>
    public string? ErrorPath { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The size of the body.</summary>
    public required int Bytes { get; init; }

    /// <summary>The id of the fault that was played; null if none was.</summary>
    public long? Fault { get; init; }

    /// <summary>The first 12 hex digits of the access token's SHA-256; null if there was no token.</summary>
    public string? TokenFingerprint { get; init; }

    /// <summary>Where the token was: <c>body</c>, <c>query</c> or <c>header</c>.</summary>
    public string? TokenIn { get; init; }

    /// <summary>Whether the request contained an <c>appsecret_proof</c>.</summary>
    public required bool AppSecretProof { get; init; }

    public string? UploadTag { get; init; }

    public string? TestEventCode { get; init; }
}

/// <summary>The response of <c>GET /sandbox/requests</c>.</summary>
/// <param name="Count">Requests kept; <c>limit</c> does not change it.</param>
/// <param name="Received">All requests since the last deletion.</param>
/// <param name="Forgotten">How many of them are no longer kept.</param>
/// <param name="Requests">The requests, newest last.</param>
internal sealed record ReceivedRequestsResponse(
    int Count,
    long Received,
    long Forgotten,
    IReadOnlyList<ReceivedRequest> Requests
);
