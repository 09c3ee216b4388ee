using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Tokens;

/// <summary>
/// What the sandbox knows about a token. One without a description is an Events Manager token for every dataset.
/// </summary>
internal sealed record SandboxToken
{
    private const int ExpiredSubcode = 463;
    private const int RevokedSubcode = 460;

    // Meta, "Dataset Quality API", and what system users of an own app need.
    private static readonly string[] EventsManagerScopes = ["read_ads_dataset_quality"];
    private static readonly string[] SystemUserScopes = ["ads_management", "ads_read", "business_management"];

    public required string TokenFingerprint { get; init; }

    public TokenKind Kind { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public bool Revoked { get; init; }

    public IReadOnlyList<string>? Datasets { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = EventsManagerScopes;

    public string? AppId { get; init; }

    public bool Quality { get; init; } = true;

    public static SandboxToken From(TokenRequest request) =>
        new()
        {
            TokenFingerprint = SandboxRequest.Fingerprint(request.Token!.Trim()),
            Kind = request.Kind,
            ExpiresAt = request.ExpiresAt,
            Revoked = request.Revoked,
            Datasets = request.Datasets,
            Scopes = request.Scopes ?? (request.Kind == TokenKind.SystemUser ? SystemUserScopes : EventsManagerScopes),
            AppId = request.AppId,
            Quality = request.Quality ?? true,
        };

    /// <summary>Why no call with the token works; null if calls work.</summary>
    public SandboxError? Invalid(DateTimeOffset now) =>
        Revoked ? Dead(RevokedSubcode, "The session has been invalidated because the user changed their password.")
        : ExpiresAt <= now ? Dead(ExpiredSubcode, "Session has expired.")
        : null;

    /// <summary>Why the token may not send to a dataset; null if it may.</summary>
    public SandboxError? Refusal(string dataset, DateTimeOffset now) =>
        Invalid(now)
        ?? (
            Datasets?.Contains(dataset, StringComparer.Ordinal) == false
                ? new SandboxError { Code = SandboxError.InvalidParameter, Message = "(#100) Missing Permission" }
                : null
        );

    private static SandboxError Dead(int subcode, string why) =>
        new()
        {
            Status = StatusCodes.Status401Unauthorized,
            Code = SandboxError.InvalidToken,
            Subcode = subcode,
            Message = $"Error validating access token: {why}",
        };
}
