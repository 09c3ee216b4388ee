using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Meta;

/// <summary>One request to <c>/{version}/{dataset}/events</c>.</summary>
/// <param name="Connection">The connection that sends it and whose circuit breaker applies.</param>
/// <param name="Api">The shape of the events; it decides the version in the URL.</param>
/// <param name="DatasetId">The dataset, pixel or offline event set.</param>
/// <param name="Events">The finished payloads, one JSON object each.</param>
/// <param name="UploadTag">The request-level <c>upload_tag</c>.</param>
/// <param name="Credentials">The access token and what belongs to it.</param>
internal sealed record GraphRequest(
    string Connection,
    MetaApi Api,
    string DatasetId,
    ArraySegment<ReadOnlyMemory<byte>> Events,
    string? UploadTag,
    GraphCredentials Credentials
);

/// <summary>
/// What a connection adds to its requests: secrets, Test Events code and partner agent. Not a record, so that printing
/// it shows only the type's name.
/// </summary>
/// <param name="accessToken">Meta's system user access token.</param>
/// <param name="appSecret">The app secret; if set, requests contain <c>appsecret_proof</c>.</param>
/// <param name="testEventCode">The code under which Events Manager shows the events as test events.</param>
/// <param name="partnerAgent">The name of the integration that Events Manager shows.</param>
internal sealed class GraphCredentials(
    string? accessToken,
    string? appSecret,
    string? testEventCode,
    string? partnerAgent = null
)
{
    /// <summary>Meta's system user access token.</summary>
    public string AccessToken { get; } = accessToken ?? "";

    /// <summary>
    /// The HMAC-SHA256 of the token with the app secret as key, in lower-case hex, as in Meta's SDKs. Null without app
    /// secret.
    /// </summary>
    public string? AppSecretProof { get; } =
        string.IsNullOrEmpty(appSecret) ? null : Proof(accessToken ?? "", appSecret);

    /// <summary>The Test Events code; null outside tests.</summary>
    public string? TestEventCode { get; } = testEventCode;

    /// <summary>The request-level <c>partner_agent</c>; null if none is configured.</summary>
    public string? PartnerAgent { get; } = partnerAgent;

    private static string Proof(string token, string secret) =>
        Convert.ToHexStringLower(
            System.Security.Cryptography.HMACSHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes(secret),
                System.Text.Encoding.UTF8.GetBytes(token)
            )
        );
}
