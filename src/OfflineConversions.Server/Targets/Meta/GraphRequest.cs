using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>One request to <c>/{version}/{dataset}/events</c>.</summary>
/// <param name="Connection">Whose it is: each connection has its own circuit breaker.</param>
/// <param name="Api">Which of Meta's two shapes the events have; it decides the version.</param>
/// <param name="DatasetId">Meta's container.</param>
/// <param name="Events">The finished payloads, one JSON object each.</param>
/// <param name="UploadTag">The request-level <c>upload_tag</c>.</param>
/// <param name="Credentials">What goes beside the events.</param>
internal sealed record GraphRequest(
    string Connection,
    MetaApi Api,
    string DatasetId,
    ArraySegment<ReadOnlyMemory<byte>> Events,
    string? UploadTag,
    GraphCredentials Credentials
);

/// <summary>What proves who we are, and the Test Events switch. Prints as its type's name only.</summary>
/// <param name="accessToken">Meta's system user access token.</param>
/// <param name="appSecret">Meta's app secret; when set, requests carry <c>appsecret_proof</c>.</param>
/// <param name="testEventCode">Shows the events under Test Events.</param>
internal sealed class GraphCredentials(string? accessToken, string? appSecret, string? testEventCode)
{
    /// <summary>Meta's system user access token.</summary>
    public string AccessToken { get; } = accessToken ?? "";

    /// <summary>Lower-case hex HMAC-SHA256 of the token under the app secret, as Meta's own SDKs compute it.</summary>
    public string? AppSecretProof { get; } =
        string.IsNullOrEmpty(appSecret) ? null : Proof(accessToken ?? "", appSecret);

    /// <summary>The Test Events code.</summary>
    public string? TestEventCode { get; } = testEventCode;

    private static string Proof(string token, string secret) =>
        Convert.ToHexStringLower(
            System.Security.Cryptography.HMACSHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes(secret),
                System.Text.Encoding.UTF8.GetBytes(token)
            )
        );
}
