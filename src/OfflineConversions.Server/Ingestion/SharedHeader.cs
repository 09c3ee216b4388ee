using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// The header with a secret value that a connection's posts must carry, as mParticle's webhook sends one. Source:
/// mParticle, "Webhook".
/// </summary>
internal static class SharedHeader
{
    /// <summary>Whether the connection asks for one.</summary>
    public static bool IsAskedFor(ConnectionOptions options) => options.SharedHeader.Value is { IsBlank: false };

    /// <summary>
    /// Whether the request carries it; true where none is asked for. Digests are compared, so not even the length
    /// shows.
    /// </summary>
    public static bool Matches(HttpRequest request, ConnectionOptions options) =>
        !IsAskedFor(options)
        || new KeyDigest(options.SharedHeader.Value!.Reveal()).Matches(
            new KeyDigest(request.Headers[options.SharedHeader.Name].ToString())
        );
}
