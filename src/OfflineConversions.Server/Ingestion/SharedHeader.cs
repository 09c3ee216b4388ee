using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Ingestion;

/// <summary>The header with a secret value that a connection's posts must carry, as mParticle's webhook sends one. Source: mParticle, "Webhook".</summary>
public static class SharedHeader
{
    /// <summary>Whether the connection asks for one.</summary>
    public static bool IsAskedFor(ConnectionOptions options) => !string.IsNullOrEmpty(options.SharedHeader.Value);

    /// <summary>Whether the request carries it; true where none is asked for. Digests are compared, so not even the length shows.</summary>
    public static bool Matches(HttpRequest request, ConnectionOptions options)
    {
        if (!IsAskedFor(options))
        {
            return true;
        }

        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> presented = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(options.SharedHeader.Value!), expected);
        SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers[options.SharedHeader.Name].ToString()), presented);
        return CryptographicOperations.FixedTimeEquals(expected, presented);
    }
}
