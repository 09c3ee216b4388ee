using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Received;

/// <summary>A call to the Graph route and what became of it. Holds no token and no event.</summary>
internal sealed record ReceivedRequest
{
    /// <summary>Counts the requests since the process began, from 1.</summary>
    public required long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Method { get; init; }

    /// <summary>The path without its query, which may hold a token.</summary>
    public required string Path { get; init; }

    /// <summary>The HTTP status answered; null when the connection was dropped or the caller had gone.</summary>
    public int? Status { get; init; }

    public required EventShape Api { get; init; }

    /// <summary>How many events the request carried.</summary>
    public required int Events { get; init; }

    /// <summary>How many of them were kept: all or none.</summary>
    public required int Stored { get; init; }

    public int? ErrorCode { get; init; }

    public int? ErrorSubcode { get; init; }

    /// <summary>The name of the rule that was broken.</summary>
    public string? Rule { get; init; }

    /// <summary>The position of the first bad event, and the parameter in it.</summary>
    public int? EventIndex { get; init; }

    public string? ErrorPath { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The size of the body.</summary>
    public required int Bytes { get; init; }

    /// <summary>The id of the fault that was played; null when none was.</summary>
    public long? Fault { get; init; }

    /// <summary>The first 12 hex digits of the access token's SHA-256; null when there was no token.</summary>
    public string? TokenFingerprint { get; init; }

    /// <summary>Where the token stood: <c>body</c>, <c>query</c> or <c>header</c>.</summary>
    public string? TokenIn { get; init; }

    /// <summary>Whether an <c>appsecret_proof</c> came along.</summary>
    public required bool AppSecretProof { get; init; }

    public string? UploadTag { get; init; }

    public string? TestEventCode { get; init; }
}

/// <summary>The answer of <c>GET /sandbox/requests</c>.</summary>
/// <param name="Count">Requests kept; <c>limit</c> does not change it.</param>
/// <param name="Received">All requests since the last clearing.</param>
/// <param name="Forgotten">How many of those are no longer kept.</param>
/// <param name="Requests">The newest last.</param>
internal sealed record ReceivedRequestsAnswer(
    int Count,
    long Received,
    long Forgotten,
    IReadOnlyList<ReceivedRequest> Requests
);
