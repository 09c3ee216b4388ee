using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>An access token is never kept or shown, only the beginning of its digest.</summary>
internal static class AccessToken
{
    /// <summary>
    /// The first 12 digits of the token's SHA-256: enough to tell two tokens apart, useless to call Meta.
    /// </summary>
    public static string Fingerprint(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 6));
}
